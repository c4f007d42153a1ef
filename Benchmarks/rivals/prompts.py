# SPDX-License-Identifier: Apache-2.0
"""Questions with long answers, as rows of tokens in SmolLM2's chat format."""
import json
import subprocess

CODE = '''class Account:
    def __init__(self, owner, balance):
        self.owner = owner
        self.balance = balance
        self.history = []

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        self.balance = self.balance + amount
        self.history.append(("deposit", amount))

    def withdraw(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        if amount > self.balance:
            raise ValueError("not enough money")
        self.balance = self.balance - amount
        self.history.append(("withdraw", amount))

    def transfer(self, other, amount):
        self.withdraw(amount)
        other.deposit(amount)
        self.history.append(("transfer", amount))
'''

PROMPTS = {
    "code": "Rename the class Account to Wallet and print the whole code again.\n\n" + CODE,
    "story": "Tell me a story about a fox and a mountain.",
}
# The tokens that begin and end a message.
BEGIN, END = 1, 2


def tokens(name, model, onnxlm):
    """The tokens of a conversation up to where the answer begins."""
    texts = ["user\n" + PROMPTS[name], "\n", "assistant\n"]
    rows = "".join(json.dumps({"text": text, "add_special": False}) + "\n" for text in texts)
    done = subprocess.run([str(onnxlm), "tokenize", str(model), "--json-lines"], input=rows, check=True, text=True,
                          stdout=subprocess.PIPE)
    user, newline, assistant = [json.loads(line)["ids"] for line in done.stdout.splitlines()]
    return [BEGIN, *user, END, *newline, BEGIN, *assistant]

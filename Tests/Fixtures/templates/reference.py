# SPDX-License-Identifier: Apache-2.0
"""Chat templates as `transformers` applies them, with the clock stopped at NOW."""
import datetime
import json

from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast
from transformers.utils import chat_template_utils

from snippets import VARIABLES

NOW = datetime.datetime(2024, 7, 26, 13, 5, 9)
TOKENIZER = PreTrainedTokenizerFast(
    tokenizer_object=Tokenizer(models.WordLevel({"<unk>": 0}, "<unk>")), bos_token="<s>", eos_token="</s>")


class StoppedClock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW


chat_template_utils.datetime = StoppedClock


def outcome(body):
    try:
        text = body()
        json.dumps(text).encode()
        return {"text": text}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


class Reference:
    def __init__(self, source):
        self.source = source

    def applied(self, case):
        arguments = dict(case)
        messages = arguments.pop("messages")
        return outcome(lambda: TOKENIZER.apply_chat_template(
            messages, chat_template=self.source, tokenize=False, **arguments))

    def rendered(self):
        return outcome(lambda: chat_template_utils.render_jinja_template(
            [[]], chat_template=self.source, bos_token="<s>", eos_token="</s>", **VARIABLES)[0][0])

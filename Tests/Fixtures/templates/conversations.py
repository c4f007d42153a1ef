# SPDX-License-Identifier: Apache-2.0
"""Conversations that templates are tried on."""

TOOLS = [
    {"type": "function", "function": {
        "name": "get_weather", "description": "The weather <now>,\nin a city: \u00e9t\u00e9 & 'winter'.",
        "parameters": {"type": "object", "required": ["city"], "properties": {
            "city": {"type": "string", "description": "A \"city\""},
            "unit": {"type": "string", "enum": ["C", "F"]},
            "days": {"type": "array", "items": {"type": "integer"}},
            "limit": {"type": ["number", "null"], "maximum": 1.5e3, "minimum": 18446744073709551615}}}}},
    {"type": "function", "function": {
        "name": "stop", "description": "", "parameters": {"type": "object", "properties": {}}}},
]

CALL = {"id": "c1", "type": "function", "function": {"name": "get_weather", "arguments": {"city": "Z\u00fcrich", "n": 1.0}}}

CONVERSATIONS = [
    [{"role": "user", "content": "Hello"}],
    [{"role": "system", "content": " Be brief. "}, {"role": "user", "content": "  What is 2+2?\n"}],
    [{"role": "user", "content": "a"}, {"role": "assistant", "content": " b "}, {"role": "user", "content": "c"}],
    [{"role": "system", "content": "S", "tools": "[{\"name\": \"f\"}]"}, {"role": "user", "content": "<|im_end|>{{ 7*7 }}"}],
    [{"role": "user", "content": "q"}, {"role": "assistant", "content": "<think>\nhm\n</think>\n\nanswer"},
     {"role": "user", "content": "more"}, {"role": "assistant", "content": "x", "reasoning_content": "why"}],
    [{"role": "user", "content": "weather?"}, {"role": "assistant", "content": "", "tool_calls": [CALL]},
     {"role": "tool", "content": "{\"t\": 21}"}, {"role": "tool", "content": "sunny"}, {"role": "user", "content": "thanks"}],
    [{"role": "user", "content": [{"type": "text", "text": " look "}, {"type": "image"}]}],
    [{"role": "user", "content": "\u4f60\u597d \U0001f600 e\u0301"}, {"role": "assistant", "content": "ok", "thinking": "t"}],
    [{"role": "user", "content": "one"}, {"role": "user", "content": "two"}],
    [],
]

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""story_hub.py FOLDER PORTFILE: a model hub and an OpenAI-compatible chat server on 127.0.0.1, for Scripts/story.sh.

Serves FOLDER as the repository acme/phi-tiny at commit c0ffee..., slowly enough that a download can be killed. The port is
written to PORTFILE when the server listens. Each request is logged to standard error.
"""
import hashlib
import http.server
import json
import os
import sys
import time

FOLDER, PORT_FILE = sys.argv[1:3]
COMMIT = "c0ffee" + "0" * 34
REPOSITORY = "acme/phi-tiny"
PART = 16 << 10
PAUSE = float(os.environ.get("STORY_PAUSE", "0.004"))


def read(name):
    with open(os.path.join(FOLDER, name), "rb") as file:
        return file.read()


def listing():
    for name in sorted(os.listdir(FOLDER)):
        content = read(name)
        git = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
        row = {"type": "file", "path": name, "size": len(content), "oid": git}
        if name.startswith("model"):
            row["lfs"] = {
                "oid": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 130}
        yield row


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def send(self, status, content, fields=()):
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        for start in range(0, len(content), PART):
            self.wfile.write(content[start:start + PART])
            if len(content) > PART:
                time.sleep(PAUSE)

    def send_json(self, value):
        self.send(200, json.dumps(value).encode(), [("Content-Type", "application/json")])

    def do_GET(self):
        path = self.path.split("?")[0]
        resolve = f"/{REPOSITORY}/resolve/{COMMIT}/"
        if path == f"/api/models/{REPOSITORY}/revision/main":
            return self.send_json({"id": REPOSITORY, "sha": COMMIT})
        if path == f"/api/models/{REPOSITORY}/tree/{COMMIT}":
            return self.send_json(list(listing()))
        if not path.startswith(resolve) or path[len(resolve):] not in os.listdir(FOLDER):
            return self.send(404, b"not found")
        content = read(path[len(resolve):])
        fields = [("X-Repo-Commit", COMMIT), ("ETag", f'"{hashlib.sha256(content).hexdigest()}"')]
        wanted = self.headers.get("Range")
        if not wanted:
            return self.send(200, content, fields)
        first, last = (int(number) for number in wanted[len("bytes="):].split("-"))
        last = min(last, len(content) - 1)
        fields.append(("Content-Range", f"bytes {first}-{last}/{len(content)}"))
        self.send(206, content[first:last + 1], fields)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = "Answered from afar."
        usage = {"prompt_tokens": 5, "completion_tokens": 4, "total_tokens": 9}
        base = {"id": "1", "created": 1, "model": body["model"]}
        if not body.get("stream"):
            choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            return self.send_json(base | {"object": "chat.completion", "choices": [choice], "usage": usage})
        base["object"] = "chat.completion.chunk"
        events = [
            base | {"choices": [{"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}]},
            base | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
            base | {"choices": [], "usage": usage},
        ]
        content = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
        self.send(200, content.encode(), [("Content-Type", "text/event-stream")])


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(PORT_FILE + ".partial", "w") as file:
    file.write(str(server.server_port))
os.rename(PORT_FILE + ".partial", PORT_FILE)
server.serve_forever()

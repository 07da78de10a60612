#!/usr/bin/env python3
"""Drives albit-server with unmodified clients from PyPI and holds every number against the command line's.

usage: check-server.py ALBIT ALBIT-SERVER MODELS-FOLDER

MODELS-FOLDER holds classifier.gguf (required) and, where there are such, tagger.gguf, answerer.gguf, filler.gguf.
Needs: openai, langchain-openai, huggingface_hub, cohere, requests, numpy.
"""
import base64
import concurrent.futures
import json
import os
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

import requests

ALBIT, SERVER, FOLDER = sys.argv[1:4]
TEXTS = ["a charming and often affecting journey", "", "dull", "Ünïcödé 🙂 東京 text\twith\ttabs", "word " * 200]
checks = 0


def check(condition, what):
    global checks
    checks += 1
    if not condition:
        sys.exit(f"check-server: FAILED: {what}")


def path(name):
    return f"{FOLDER}/{name}.gguf"


def albit(command, model, *arguments):
    """What the command line prints, a JSON object a line."""
    out = subprocess.run([ALBIT, command, path(model), "--json", *arguments], capture_output=True, check=True)
    return [json.loads(line) for line in out.stdout.decode().splitlines()]


def bits(values):
    return [struct.pack("<f", value) for value in values]


class Server:
    def __init__(self, *arguments):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([SERVER, *arguments, "--port", "0"], stderr=self.log)
        for _ in range(600):
            self.log.seek(0)
            found = re.search(rb"listening on [^ ]*:([0-9]+)", self.log.read())
            if found:
                break
            if self.process.poll() is not None:
                self.log.seek(0)
                sys.exit(self.log.read().decode())
            time.sleep(0.05)
        self.port = int(found[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def post(self, route, body, **headers):
        return requests.post(self.url + route, json=body, headers=headers, timeout=60)

    def raw(self, data, wait=5):
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as s:
            s.sendall(data)
            try:
                return s.recv(65536)
            except (TimeoutError, ConnectionError):
                return b""

    def memory(self):
        text = open(f"/proc/{self.process.pid}/status").read()
        return int(re.search(r"RssAnon:\s+(\d+)", text)[1])

    def stop(self):
        start = time.time()
        self.process.send_signal(signal.SIGTERM)
        check(self.process.wait(15) == 0, "SIGTERM gives exit code 0")
        check(time.time() - start < 10, "the server ends within 10 s")


def embeddings_by_command(model):
    return [bits(albit("embed", model, text)[0]["embedding"]) for text in TEXTS]


def with_openai(server, expected):
    import openai
    client = openai.OpenAI(base_url=server.url + "/v1", api_key="none", max_retries=0)
    check([m.id for m in client.models.list()][0] == "classifier", "models are listed")
    for options in ({}, {"encoding_format": "float"}, {"encoding_format": "base64"}):
        answer = client.embeddings.create(model="classifier", input=TEXTS, **options)
        got = [d.embedding for d in answer.data]
        if options.get("encoding_format") == "base64":
            got = [struct.unpack(f"<{len(base64.b64decode(v)) // 4}f", base64.b64decode(v)) if isinstance(v, str)
                   else v for v in got]
        check([bits(v) for v in got] == expected, f"openai embeddings {options} are the command line's")
        check(answer.usage.prompt_tokens > len(TEXTS), "usage is counted")
    for wrong, error in [({"model": "nothing", "input": "a"}, openai.NotFoundError),
                         ({"model": "classifier", "input": "word " * 2000}, openai.BadRequestError),
                         ({"model": "classifier", "input": [[1, 2, 3]]}, openai.BadRequestError)]:
        try:
            client.embeddings.create(**wrong)
            check(False, f"{wrong} is refused")
        except error as refused:
            check(refused.body["message"], "the error has OpenAI's shape")
            if wrong["input"] == [[1, 2, 3]]:
                check("check_embedding_ctx_length=False" in refused.body["message"], "the way out is named")
            if wrong["input"].__class__ is str and len(wrong["input"]) > 9:
                check(refused.code == "context_length_exceeded" and "512" in refused.body["message"], "both numbers")
    cut = client.embeddings.with_raw_response.create(
        model="classifier", input="word " * 2000, extra_body={"truncate": True})
    check(int(cut.headers["x-albit-truncated-tokens"]) > 1000, "what was cut is told")
    check(json.loads(cut.text)["usage"]["truncated_tokens"] > 1000 if isinstance(cut.text, str) else True, "in usage too")


def with_langchain(server, expected):
    from langchain_openai import OpenAIEmbeddings
    embeddings = OpenAIEmbeddings(model="classifier", base_url=server.url + "/v1", api_key="none",
                                  check_embedding_ctx_length=False)
    check([bits(v) for v in embeddings.embed_documents(TEXTS)] == expected, "langchain embeddings")
    check(bits(embeddings.embed_query(TEXTS[0])) == expected[0], "langchain query")


def with_hugging_face(server, expected):
    from huggingface_hub import InferenceClient
    client = InferenceClient(base_url=server.url)
    scores = albit("classify", "classifier", TEXTS[0])[0]["scores"]
    got = client.text_classification(TEXTS[0], model=server.url + "/predict")
    check({g.label: struct.pack("<f", g.score) for g in got} == {k: struct.pack("<f", v) for k, v in scores.items()},
          "huggingface_hub text classification")
    check(client.text_classification(TEXTS[0], model=server.url + "/", top_k=1)[0].label == got[0].label, "the best one")
    vector = client.feature_extraction(TEXTS[0], model=server.url + "/embed", normalize=True)
    check(bits(vector[0]) == expected[0], "huggingface_hub feature extraction")
    similar = client.sentence_similarity(TEXTS[0], other_sentences=["a", "b"], model=server.url + "/similarity")
    check(len(similar) == 2, "huggingface_hub sentence similarity")


def with_cohere(server):
    import cohere
    documents = ["a fine film", "the harbour was closed", "tokens"]
    by_command = albit("match", "classifier", "a good film", *documents, "--top", "3")[0]["matches"]
    expected = [(m["index"], struct.pack("<f", m["score"])) for m in by_command]
    for client in (cohere.ClientV2(api_key="none", base_url=server.url), cohere.Client(api_key="none", base_url=server.url)):
        answer = client.rerank(model="classifier", query="a good film", documents=documents)
        got = [(r.index, struct.pack("<f", r.relevance_score)) for r in answer.results]
        check(got == expected, f"{client.__class__.__name__} rerank")
    got = server.post("/rerank", {"query": "a good film", "texts": documents, "return_text": True}).json()
    check([(m["index"], struct.pack("<f", m["score"])) for m in got] == expected, "TEI rerank")
    check(got[0]["text"] == documents[got[0]["index"]], "TEI rerank gives texts")


def with_tei(server, expected):
    """The requests of text-embeddings-inference's documentation."""
    check(bits(server.post("/embed", {"inputs": TEXTS[0]}).json()[0]) == expected[0], "TEI embed")
    batch = server.post("/embed", {"inputs": TEXTS})
    check([bits(v) for v in batch.json()] == expected, "TEI embed of a batch")
    check(int(batch.headers["x-compute-tokens"]) > 200, "x-compute-tokens")
    for text in TEXTS:
        scores = albit("classify", "classifier", text)[0]["scores"]
        got = server.post("/predict", {"inputs": text}).json()
        check({g["label"]: struct.pack("<f", g["score"]) for g in got}
              == {k: struct.pack("<f", v) for k, v in scores.items()}, "TEI predict")
        check([g["score"] for g in got] == sorted([g["score"] for g in got], reverse=True), "sorted")
    check(len(server.post("/predict", {"inputs": [["a"], ["a", "b"]]}).json()) == 2, "TEI predict of a batch")
    check(server.post("/", {"inputs": TEXTS[0]}).json() == server.post("/predict", {"inputs": TEXTS[0]}).json(), "root")
    ids = [t["id"] for t in server.post("/tokenize", {"inputs": TEXTS[0]}).json()[0]]
    check(ids == albit("tokenize", "classifier", TEXTS[0])[0]["ids"], "TEI tokenize")
    info = requests.get(server.url + "/info").json()
    check(info["max_input_length"] == 512 and "classifier" in info["model_type"], "TEI info")
    check(requests.get(server.url + "/health").status_code == 200, "TEI health")
    metrics = requests.get(server.url + "/metrics").text
    for name in ("te_request_count", "te_embed_count", "te_request_duration_bucket", "te_queue_size",
                 "te_batch_next_tokens_sum", "te_request_inference_duration_sum"):
        check(re.search(f"^{name}", metrics, re.M), f"/metrics has {name}")
    check(server.post("/tag", {"inputs": "a"}).status_code == 424, "a task it was not trained for")
    check(server.post("/embed", {"inputs": "a", "model": "no"}).status_code == 404, "no such model")
    refused = server.post("/embed", {"inputs": "word " * 2000})
    check(refused.status_code == 422 and "512" in refused.json()["error"]
          and re.search(r"has \d{4} tokens", refused.json()["error"]), "TEI too long names both numbers")


def with_other_tasks(server):
    def same(got, want, *names):
        def key(x):
            return [struct.pack("<f", x[n]) if n == "score" else x[n] for n in names]
        return [key(g) for g in got] == [key(w) for w in want]
    text = "Angela Merkel met Barack Obama in Berlin. 🙂 The United Nations sits in New York."
    if os.path.exists(path("tagger")):
        got = server.post("/tag", {"inputs": text, "model": "tagger"}).json()
        check(same(got, albit("tag", "tagger", text)[0]["entities"], "label", "text", "start", "end", "score"), "tag")
        long = text * 100
        got = server.post("/tag", {"inputs": [long], "model": "tagger"}).json()[0]
        check(same(got, albit("tag", "tagger", long)[0]["entities"], "label", "text", "start", "end", "score"), "long")
    if os.path.exists(path("answerer")):
        ask = {"question": "Who met Obama?", "context": text, "model": "answerer", "top": 3}
        want = albit("answer", "answerer", "Who met Obama?", text, "--top", "3")[0]["answers"]
        check(same(server.post("/answer", ask).json(), want, "text", "start", "end", "score"), "answer")
    if os.path.exists(path("filler")):
        got = server.post("/fill", {"inputs": "The capital of France is [MASK].", "model": "filler"}).json()[0]
        want = albit("fill", "filler", "The capital of France is [MASK].")[0]["candidates"]
        check(same(got, want, "id", "score"), "fill")


def under_load(server, expected):
    """Mixed lengths from many connections: every answer is what it is alone."""
    def one(seed):
        index = random.Random(seed).randrange(len(TEXTS))
        return bits(server.post("/embed", {"inputs": TEXTS[index]}).json()[0]) == expected[index]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        check(all(pool.map(one, range(200))), "answers under load")


def with_faults(server):
    head = b"POST /embed HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    good = b'{"inputs": "a \\u00e9 \xf0\x9f\x99\x82"}'
    for at in range(len(good)):
        for byte in (0xFF, 0x00, ord("{"), ord('"')):
            body = good[:at] + bytes([byte]) + good[at + 1:]
            answer = server.raw(head + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            check(answer.startswith(b"HTTP/1.1 ") and not answer.startswith(b"HTTP/1.1 5"), f"{body!r}: {answer[:80]!r}")
    for at in range(0, len(head), 7):
        server.raw(head[:at], wait=0.05)
    check(server.raw(head + b"Content-Length: 1000000000\r\n\r\n").startswith(b"HTTP/1.1 413"), "1 GB is refused")
    before = server.memory()
    with socket.create_connection(("127.0.0.1", server.port)) as s:
        s.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n")
        chunk = b"100000\r\n" + b"x" * (1 << 20) + b"\r\n"
        try:
            for _ in range(200):
                s.sendall(chunk)
        except ConnectionError:
            pass
    check(server.memory() - before < 40_000, "a body without a length fills no memory")
    crowd = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(500)]
    check(requests.get(server.url + "/health").status_code == 200, "500 idle connections stop nobody")
    answer = crowd[0].recv(1000)
    check(answer.startswith(b"HTTP/1.1 408"), "a silent client is told and let go")
    for s in crowd:
        s.close()
    check(server.process.poll() is None, "the server lives")


def with_limits():
    with tempfile.NamedTemporaryFile("w", suffix=".keys") as keys:
        keys.write("secret\n")
        keys.flush()
        server = Server(path("classifier"), "--api-key-file", keys.name, "--max-queue-tokens", "600")
        check(server.post("/embed", {"inputs": "a"}).status_code == 401, "a key is needed")
        key = {"Authorization": "Bearer secret"}
        check(server.post("/embed", {"inputs": "a"}, **key).status_code == 200, "a key opens")
        check(server.post("/embed", {"inputs": ["word " * 400] * 4}, **key).status_code == 413, "too much at once")
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(lambda _: server.post("/embed", {"inputs": "word " * 400}, **key), range(48)))
        check({a.status_code for a in answers} == {200, 429}, "a full queue is told")
        check(all(int(a.headers["Retry-After"]) > 0 for a in answers if a.status_code == 429), "and for how long")
        server.process.send_signal(signal.SIGHUP)
        check(server.post("/embed", {"inputs": "a"}, **key).status_code == 200, "SIGHUP loses nothing")
        server.stop()


def main():
    models = [path(name) for name in ("classifier", "tagger", "answerer", "filler") if os.path.exists(path(name))]
    server = Server(*models)
    expected = embeddings_by_command("classifier")
    with_tei(server, expected)
    with_openai(server, expected)
    with_langchain(server, expected)
    with_cohere(server)
    with_hugging_face(server, expected)
    with_other_tasks(server)
    under_load(server, expected)
    with_faults(server)
    server.stop()
    with_limits()
    print(f"check-server: {checks} checks passed")


main()

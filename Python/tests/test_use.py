"""Errors, threads, forks, pickles, memory: what a library has to bear."""

from __future__ import annotations

import copy
import multiprocessing
import os
import pickle
import threading
import unittest

import numpy as np

import albit
from support import SAMPLE, SCRATCH, TEXTS, model_file


def _rss() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _answers(model):
    return [one["score"] for one in model.classify(TEXTS)]


def _in_child(model, queue):
    queue.put(_answers(model))


class Use(unittest.TestCase):
    def setUp(self):
        self.model = albit.Model(model_file("sample"))

    def test_errors(self):
        with self.assertRaisesRegex(albit.InputError, "cannot be opened"):
            albit.Model("/nowhere/model.gguf")
        with self.assertRaisesRegex(albit.UsageError, "classify"):
            self.model.tag("text")
        with self.assertRaisesRegex(albit.UsageError, "there is no kernel 'abacus'"):
            albit.Model(self.model.path, kernel="abacus")
        with self.assertRaisesRegex(albit.UsageError, "pooling is 'middle'"):
            self.model.embed("text", pooling="middle")
        with self.assertRaises(albit.UsageError):
            self.model.classify(["a", "b"], ["c"])
        with self.assertRaises(albit.InputError):
            self.model.hidden_states([[2, 10_000_000, 3]])
        # An error leaves nothing behind: the next call answers.
        self.assertEqual(len(self.model.classify(TEXTS)), len(TEXTS))

    def test_threads_and_kernels_do_not_matter(self):
        expected = _answers(self.model)
        for threads in (1, 2, 4):
            for kernel in (None, "scalar"):
                self.assertEqual(_answers(albit.Model(self.model.path, threads=threads, kernel=kernel)), expected)

    def test_pickles_and_copies(self):
        for other in (pickle.loads(pickle.dumps(self.model)), copy.deepcopy(self.model)):
            self.assertEqual(_answers(other), _answers(self.model))

    def test_many_threads_and_forks(self):
        """10,000 calls from 8 threads and 4 forked processes, models with one thread and with two."""
        for threads, calls in ((1, 8000), (2, 2000)):
            model = albit.Model(self.model.path, threads=threads)
            texts = [[text] for text in TEXTS[:5]]
            expected = [model.classify(text)[0]["score"] for text in texts]
            wrong = []

            def work(count):
                for i in range(count):
                    if model.classify(texts[i % 5])[0]["score"] != expected[i % 5]:
                        wrong.append(i)

            def child(count):
                work(count)
                os._exit(1 if wrong else 0)

            workers = [threading.Thread(target=work, args=(calls // 16,)) for _ in range(8)]
            for worker in workers:
                worker.start()
            children = [multiprocessing.get_context("fork").Process(target=child, args=(calls // 8,)) for _ in range(4)]
            for process in children:
                process.start()
            for worker in workers + children:
                worker.join()
            self.assertEqual((wrong, [process.exitcode for process in children]), ([], [0] * 4))

    def test_spawned(self):
        context = multiprocessing.get_context("spawn")
        queue = context.Queue()
        process = context.Process(target=_in_child, args=(self.model, queue))
        process.start()
        self.assertEqual(queue.get(timeout=60), _answers(self.model))
        process.join()

    def test_memory_is_flat(self):
        for _ in range(500):
            self.model.classify(TEXTS)
        before = _rss()
        for _ in range(3000):
            self.model.classify(TEXTS[:3])
            self.model.tokenize(TEXTS[0])
        self.assertLess(_rss() - before, 1 << 20)

    def test_models_are_freed(self):
        path = self.model.path
        for _ in range(20):
            albit.Model(path, threads=2).classify("text")
        before, count = _rss(), threading.active_count()
        for _ in range(100):
            albit.Model(path, threads=2).classify("text")
        self.assertLess(_rss() - before, 1 << 20)
        self.assertEqual(threading.active_count(), count)

    def test_similarity_and_langchain(self):
        vectors = self.model.embed(TEXTS[:3])
        cosines = self.model.similarity(vectors, vectors)
        np.testing.assert_allclose(np.diag(cosines), 1, rtol=1e-6)
        self.assertEqual(np.float32(self.model.embed_query(TEXTS[0])).tobytes(), vectors[0].tobytes())
        self.assertEqual(len(self.model.embed_documents(TEXTS[:2])), 2)
        self.assertEqual(self.model.embed_documents([]), [])

    def test_transformer(self):
        from albit.sklearn import TextVectors
        stage = pickle.loads(pickle.dumps(TextVectors(self.model.path)))
        self.assertEqual(stage.fit(TEXTS).transform(TEXTS).tobytes(), self.model.embed(TEXTS).tobytes())

    def test_making(self):
        output = os.path.join(SCRATCH, "made.gguf")
        said = []
        made = albit.quantize(SAMPLE, output, preset="plain", progress=said.append)
        self.assertEqual(made.path, output)
        drift = albit.verify(SAMPLE, output, os.path.join(SAMPLE, "eval.tsv"), max_drop=5)
        self.assertTrue(drift.passed)
        self.assertEqual(drift.examples, 872)
        self.assertFalse(albit.verify(SAMPLE, output, os.path.join(SAMPLE, "eval.tsv"), max_error=1e-9).passed)
        with self.assertRaisesRegex(albit.UsageError, "already"):
            albit.quantize(SAMPLE, output, preset="plain")
        with self.assertRaises(albit.InputError):
            albit.quantize("/nowhere", output, force=True)

    def test_making_small(self):
        output = os.path.join(SCRATCH, "small.gguf")
        made = albit.quantize(
            SAMPLE, output, preset="plain", keep_vocabulary=os.path.join(SAMPLE, "test.tsv"), keep_pieces=8000,
            embeddings=6)
        self.assertIn("8,000 of 30,000 pieces", made.summary["vocabulary"])
        drift = albit.verify(SAMPLE, output, os.path.join(SAMPLE, "eval.tsv"))
        self.assertTrue(0 < drift.report["cutOtherwise"] < 872)
        # The model reads texts with the pieces that it has.
        self.assertEqual(len(albit.Model(output).classify(["a charming journey"])), 1)
        chosen = albit.quantize(
            SAMPLE, output, preset="plain", keep_vocabulary=os.path.join(SAMPLE, "test.tsv"), max_bytes=2800000,
            force=True)
        self.assertLessEqual(os.path.getsize(output), 2800000)
        self.assertEqual(sum(it["chosen"] for it in chosen.summary["size"]["candidates"]), 1)


if __name__ == "__main__":
    unittest.main()

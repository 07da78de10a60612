"""Vectors of a column of texts on Ray: python ray_embed.py MODEL.gguf INPUT.parquet OUTPUT_FOLDER

A pool of actors, each with the model open once and one thread for its one core. An actor that dies is made again by Ray,
and its batch gives the same bytes.
"""

import sys
from typing import Dict

import numpy as np
import ray


class Embedder:
    def __init__(self, path: str) -> None:
        import albit

        self.model = albit.Model(path, threads=1)

    def __call__(self, batch: Dict[str, np.ndarray]) -> Dict[str, np.ndarray]:
        batch["vector"] = self.model.embed([str(text) for text in batch["text"]])
        return batch


def main() -> None:
    model, source, target = sys.argv[1:]
    ray.init()
    cores = int(ray.cluster_resources()["CPU"])
    data = ray.data.read_parquet(source)
    data.map_batches(
        Embedder, fn_constructor_kwargs={"path": model}, batch_size=500, num_cpus=1, concurrency=(1, max(1, cores)),
        max_restarts=3, max_task_retries=3,
    ).write_parquet(target)


if __name__ == "__main__":
    main()

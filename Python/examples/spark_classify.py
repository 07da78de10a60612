"""Labels a column of texts on Spark: spark-submit spark_classify.py MODEL.gguf INPUT.parquet OUTPUT.parquet

The model file travels with the job; each Python worker opens it once, inside the function (Spark forks its workers, and
threads do not live through that), with one thread for its one core. A task that fails and runs again gives the same
bytes, on whatever CPU it lands.
"""

import sys

import numpy as np
from pyspark.ml.functions import predict_batch_udf
from pyspark.sql import SparkSession


def labeller(name: str):
    def make():
        import albit
        from pyspark import SparkFiles

        model = albit.Model(SparkFiles.get(name), threads=1)

        def label(texts: np.ndarray) -> np.ndarray:
            # Long texts beside each other: the batches of the model are then alike.
            order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
            found = model.classify([str(texts[i]) for i in order])
            result = np.empty(len(texts), dtype=object)
            for i, one in zip(order, found):
                result[i] = one["label"] + "\t" + repr(float(np.float32(one["score"])))
            return result

        return label

    return predict_batch_udf(make, return_type="string", batch_size=1000)


def main() -> None:
    model, source, target = sys.argv[1:]
    spark = SparkSession.builder.appName("albit").getOrCreate()
    spark.sparkContext.addFile(model)
    label = labeller(model.rsplit("/", 1)[-1])
    spark.read.parquet(source).withColumn("label", label("text")).write.mode("overwrite").parquet(target)
    spark.stop()


if __name__ == "__main__":
    main()

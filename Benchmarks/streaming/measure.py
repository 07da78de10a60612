"""Runs a command and prints its time and its peak of anonymous memory (RssAnon, sampled every 10 ms).

    python3 measure.py albit quantize DIRECTORY/safetensors --preset plain -o /tmp/out.gguf --force
"""
import subprocess
import sys
import time

start = time.time()
process = subprocess.Popen(sys.argv[1:])
peak = 0
while process.poll() is None:
    try:
        with open(f"/proc/{process.pid}/status") as status:
            for line in status:
                if line.startswith("RssAnon"):
                    peak = max(peak, int(line.split()[1]))
    except OSError:
        pass
    time.sleep(0.01)
print(f"exit {process.returncode}, {time.time() - start:.1f} s, peak anonymous memory {peak / 1024:.1f} MiB")

"""What the pages show is what is printed."""

from __future__ import annotations

import doctest
import os
import re
import tempfile
import unittest

from support import ROOT, SAMPLE
from albit import _program
import subprocess


class Pages(unittest.TestCase):
    def test_readme(self):
        """The Python of the README, beside the model that its first command makes."""
        with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
            blocks = re.findall(r"```python\n(>>> .*?)```", file.read(), re.DOTALL)
        self.assertTrue(blocks)
        here = os.getcwd()
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            try:
                subprocess.run(
                    [_program.path(), "quantize", SAMPLE, "-o", "model.gguf"], check=True, capture_output=True)
                for number, block in enumerate(blocks):
                    test = doctest.DocTestParser().get_doctest(block, {}, f"README {number}", "README.md", 0)
                    said = []
                    doctest.DocTestRunner(verbose=False).run(test, out=said.append)
                    self.assertEqual("".join(said), "")
            finally:
                os.chdir(here)


if __name__ == "__main__":
    unittest.main()

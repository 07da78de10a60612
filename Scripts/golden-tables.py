#!/usr/bin/env python3
"""Tables as Python's csv module writes them, and what it was given, for Tests/Data/tables/csv.

Dialects that pandas.to_csv can write (it hands its rows to this module), over texts that need quoting. rows.json holds
what was written; each file is read back by the module itself before it is kept.
"""
import csv
import io
import json
import random
import sys
from pathlib import Path

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "Tests/Data/tables/csv")
random.seed(17)
parts = ['a', 'fine film', '"', '""', ',', ';', '\t', '\n', '\r\n', ' ', 'é', '’', "'", '“quoted”', '日本', '#', '0.5', '|']
texts = [''.join(random.choice(parts) for _ in range(random.randrange(7))) for _ in range(60)]
rows = [[text, str(random.randrange(3))] for text in texts]
# A TSV with quotes where they are needed alone has no answer that is always right: its quotes may be the texts' own.
dialects = {
    'minimal.csv': dict(delimiter=',', lineterminator='\n'),
    'crlf.csv': dict(delimiter=',', lineterminator='\r\n'),
    'all.csv': dict(delimiter=',', lineterminator='\n', quoting=csv.QUOTE_ALL),
    'semicolon.csv': dict(delimiter=';', lineterminator='\n'),
    'nonnumeric.csv': dict(delimiter=',', lineterminator='\n', quoting=csv.QUOTE_NONNUMERIC),
    'all.tsv': dict(delimiter='\t', lineterminator='\n', quoting=csv.QUOTE_ALL),
}
for name, dialect in dialects.items():
    stream = io.StringIO(newline='')
    writer = csv.writer(stream, **dialect)
    writer.writerow(['text', 'label'])
    writer.writerows(rows)
    text = stream.getvalue()
    assert list(csv.reader(io.StringIO(text, newline=''), delimiter=dialect['delimiter']))[1:] == rows, name
    (folder / name).write_bytes(text.encode())
golden = [{'text': text, 'label': label} for text, label in rows]
(folder / 'rows.json').write_text(json.dumps(golden, ensure_ascii=False))

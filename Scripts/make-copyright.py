#!/usr/bin/env python3
"""Writes the licences of what a package holds: make-copyright.py PACKAGE (Debian's machine-readable form), or
make-copyright.py --sbom PACKAGE VERSION (SPDX 2.3, JSON). The table is `components`."""
import hashlib
import json
import sys

#: name, version, SPDX licence, copyright, packages that it is linked into
components = [
    ("Swift standard library", "6.3.1", "Apache-2.0 WITH Swift-exception", "Apple Inc. and the Swift project authors",
     ("albit", "albit-board", "libalbit")),
    ("swift-foundation", "6.3.1", "Apache-2.0 WITH Swift-exception", "Apple Inc. and the Swift project authors", ("albit",)),
    ("swift-argument-parser", "1.8.2", "Apache-2.0 WITH Swift-exception", "Apple Inc. and the Swift project authors",
     ("albit",)),
    ("zlib", "1.2.13", "Zlib", "1995-2022 Jean-loup Gailly and Mark Adler", ("albit",)),
    ("protobuf-c", "1.4.1", "BSD-2-Clause", "2008-2022 Dave Benson and the protobuf-c authors", ("albit",)),
    ("glibc", "2.36", "LGPL-2.1-or-later", "Free Software Foundation, Inc.", ("albit-board",)),
]


def copyright_file(package):
    print("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/")
    print("Upstream-Name: Albit\n\nFiles: *\nCopyright: the Albit authors\nLicense: Apache-2.0\n")
    for name, version, licence, owner, packages in components:
        if package in packages:
            print(f"Files: (linked in: {name} {version})\nCopyright: {owner}\nLicense: {licence}\n")
    print("License: Apache-2.0\n On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.\n")
    print("License: Apache-2.0 WITH Swift-exception\n Apache-2.0, and: as an exception, portions of the run time that are\n"
          " compiled into a program may be distributed with it without the conditions of sections 4(a), 4(b) and 4(d).\n")
    if package == "albit-board":
        print("License: LGPL-2.1-or-later\n On Debian systems the text is in /usr/share/common-licenses/LGPL-2.1. The sources of\n"
              " this program, and `make boards`, let it be linked again with another C library.\n")
    for licence, file in (("Zlib", "zlib"), ("BSD-2-Clause", "protobuf-c")):
        if any(c[2] == licence and package in c[4] for c in components):
            print(f"License: {licence}\n The text is in /usr/share/doc/{package}/copyright.{file}.\n")


def sbom(package, version):
    def entry(name, its_version, licence):
        digest = hashlib.sha256(f"{name} {its_version}".encode()).hexdigest()[:16]
        return {"SPDXID": f"SPDXRef-{digest}", "name": name, "versionInfo": its_version, "licenseConcluded": licence,
                "licenseDeclared": licence, "downloadLocation": "NOASSERTION", "filesAnalyzed": False}
    own = entry(package, version, "Apache-2.0")
    parts = [entry(*c[:3]) for c in components if package in c[4]]
    print(json.dumps({
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": f"{package}-{version}",
        "documentNamespace": f"https://albit.invalid/sbom/{package}-{version}",
        "creationInfo": {"created": "1980-01-01T00:00:00Z", "creators": ["Tool: make-copyright.py"]},
        "packages": [own, *parts],
        "relationships": [
            {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": own["SPDXID"]},
            *({"spdxElementId": own["SPDXID"], "relationshipType": "STATIC_LINK", "relatedSpdxElement": p["SPDXID"]}
              for p in parts)],
    }, indent=1))


if __name__ == "__main__":
    if len(sys.argv) == 2:
        copyright_file(sys.argv[1])
    elif len(sys.argv) == 4 and sys.argv[1] == "--sbom":
        sbom(sys.argv[2], sys.argv[3])
    else:
        sys.exit(__doc__)

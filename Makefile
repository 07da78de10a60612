# What a person types. Each target says what it does; Debian packages that are missing are installed.
SWIFT ?= swift
PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
# Of each fuzz target.
FUZZ_SECONDS ?= 300
MODEL := samples/albert-tiny-sst2
# One set of flags for programs and tests, so that nothing is built twice; tests look into parsers.
RELEASE := -c release -Xswiftc -enable-testing -j $(JOBS)

BUILD_PACKAGES := zlib1g-dev libprotobuf-c-dev
TEST_PACKAGES := $(BUILD_PACKAGES) xz-utils binutils groff-base
BOARD_PACKAGES := python3 gcc-aarch64-linux-gnu libc6-dev-arm64-cross gcc-arm-linux-gnueabihf libc6-dev-armhf-cross \
	gcc-arm-linux-gnueabi libc6-dev-armel-cross gcc-riscv64-linux-gnu libc6-dev-riscv64-cross

.PHONY: server server-test dist check-dist test-engines check-interruption library wheels check-library help build demo test test-page fuzz sanitize sanitize-thread docs boards check-boards install uninstall check-install clean
help:
	@echo "make demo          build, quantize the sample model, classify, measure the drift"
	@echo "make test          all tests, in release mode"
	@echo "make test-page     the page of \`albit verify --report\` in a browser (chromium)"
	@echo "make docs          the Swift library's documentation in dist/docs"
	@echo "make sanitize      all tests under the address and undefined-behaviour sanitizers; sanitize-thread: threads"
	@echo "make check-interruption  one system call after the other of each command fails; an hour"
	@echo "make fuzz          libFuzzer and AddressSanitizer on every parser, FUZZ_SECONDS=$(FUZZ_SECONDS) each"
	@echo "make boards        albit-board for aarch64, armv7, armv6 and riscv64 in dist/boards"
	@echo "make check-boards  run them under qemu and compare with this machine, byte for byte"
	@echo "make library       the C interface, libalbit, for x86-64 in dist/lib; make wheels: the Python wheels"
	@echo "make dist          all that is handed out, in dist/: packages, archives, wheels, libraries, SHA256SUMS"
	@echo "make check-dist    installs them in fresh Debian roots, foreign ones under qemu (as root)"
	@echo "make test-engines  the Spark and Ray examples on 20,000 texts, with workers killed on the way"
	@echo "make check-library C and Python as their users have them; the boards' libraries under qemu"
	@echo "make server        albit-server, models over HTTP, in Server/.build/release; make server-test: with PyPI's clients"
	@echo "make install       programs, manual page, completions and the sample model into PREFIX ($(PREFIX))"
	@echo "make uninstall     takes them away again"

build:
	@Scripts/prepare.sh $(BUILD_PACKAGES)
	@echo "albit: building in release mode (a few minutes the first time)"
	$(SWIFT) build $(RELEASE) --product albit

demo: build
	@Scripts/demo.sh .build/release/albit $(MODEL)

test:
	@Scripts/prepare.sh $(TEST_PACKAGES)
	$(SWIFT) build --build-tests $(RELEASE)
	$(SWIFT) test $(RELEASE) --skip-build --skip ReportPageInBrowserTests
	@Scripts/check-no-fma.sh objdump .build/release

test-page:
	@Scripts/prepare.sh $(BUILD_PACKAGES) chromium
	$(SWIFT) test $(RELEASE) --filter ReportPageInBrowserTests

# Address space is what AddressSpaceTests limit and what the sanitizers need; they run in `make test`. Leaks are not
# looked for: Swift's statics and Foundation's own objects count as leaks at the end of a process.
sanitize:
	@Scripts/prepare.sh $(TEST_PACKAGES)
	ASAN_OPTIONS=detect_leaks=0 \
	    $(SWIFT) test $(RELEASE) --sanitize=address -Xcc -fsanitize=undefined -Xcc -fsanitize-trap=undefined \
	    --scratch-path .build-address --skip AddressSpaceTests --skip ReportPageInBrowserTests

sanitize-thread:
	@Scripts/prepare.sh $(TEST_PACKAGES)
	$(SWIFT) test $(RELEASE) --sanitize=thread --scratch-path .build-thread --skip AddressSpaceTests \
	    --skip ReportPageInBrowserTests

docs:
	@Scripts/prepare.sh $(BUILD_PACKAGES)
	$(SWIFT) build $(RELEASE) --target Albit
	@Scripts/make-docs.sh .build/release

check-interruption: build
	@Scripts/prepare.sh $(BUILD_PACKAGES) gcc
	@Scripts/check-interruption.py

fuzz:
	@Scripts/prepare.sh $(BUILD_PACKAGES) xz-utils
	Fuzz/run.sh $(FUZZ_SECONDS)

boards:
	@Scripts/prepare.sh $(BOARD_PACKAGES)
	@Scripts/make-boards.sh

check-boards: boards
	@Scripts/prepare.sh $(BUILD_PACKAGES) qemu-user-static
	@Scripts/check-boards.sh

library:
	@Scripts/prepare.sh gcc
	@Scripts/make-library.sh

wheels:
	@Scripts/prepare.sh $(BUILD_PACKAGES) $(BOARD_PACKAGES)
	@Scripts/make-wheels.sh

check-library: build
	@Scripts/prepare.sh $(BUILD_PACKAGES) $(BOARD_PACKAGES) gcc pkg-config python3-venv qemu-user-static
	@Scripts/check-library.sh --boards

# What is handed out. The same commit makes the same bytes.
dist: boards
	@Scripts/prepare.sh $(BUILD_PACKAGES) $(BOARD_PACKAGES) gcc dpkg-dev
	@Scripts/make-wheels.sh
	@Scripts/make-packages.sh
	@cd dist && find packages wheels -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs sha256sum >SHA256SUMS
	@cat dist/SHA256SUMS

check-dist: build
	@Scripts/prepare.sh debootstrap proot qemu-user-static lintian python3-pip
	@lintian --fail-on error,warning dist/packages/*.deb
	@Scripts/check-packages.sh

test-engines: build
	@Scripts/prepare.sh $(BUILD_PACKAGES) python3-venv default-jre-headless
	@Scripts/make-wheels.sh x86_64
	@[ -d dist/engines ] || { python3 -m venv dist/engines && \
	    dist/engines/bin/pip install --quiet pyspark 'ray[data]' pyarrow pandas numpy; }
	@dist/engines/bin/pip install --quiet --force-reinstall --no-deps dist/wheels/*x86_64.whl
	@.build/release/albit quantize $(MODEL) -o dist/engines/model.gguf --force
	@dist/engines/bin/python Scripts/check-engines.py dist/engines/model.gguf

server:
	@Scripts/prepare.sh $(BUILD_PACKAGES)
	$(SWIFT) build -c release -j $(JOBS) --package-path Server --product albit-server

server-test: build server
	@Scripts/prepare.sh $(BUILD_PACKAGES) python3-venv
	$(SWIFT) test -c release -j $(JOBS) --package-path Server
	@Scripts/check-server.sh

install: build
	$(SWIFT) build $(RELEASE) --product albit-board
	@Scripts/install.sh install $(PREFIX) $(DESTDIR)

uninstall:
	@Scripts/install.sh uninstall $(PREFIX) $(DESTDIR)

check-install: build
	$(SWIFT) build $(RELEASE) --product albit-board
	@Scripts/check-install.sh

clean:
	rm -rf .build .build-* Server/.build dist

import CPlatform
import Foundation
import Testing

@Suite struct FileTests {
    /// A fresh folder, removed when the test ends.
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        #expect(platform_make_directory(folder) == 0)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder + "/")
    }

    private func write(_ bytes: [UInt8], _ path: String) {
        var fd: Int32 = -1
        #expect(platform_create(path, false, &fd) == 0)
        #expect(platform_write(fd, bytes, bytes.count) == 0)
        #expect(platform_sync_close(fd) == 0)
    }

    @Test func aMappedFileShowsItsBytes() throws {
        try inFolder { folder in
            let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            write(bytes, folder + "f")
            var file = platform_open_mapped(folder + "f")
            #expect(file.error == 0)
            #expect(file.size == 10_000)
            #expect([UInt8](UnsafeRawBufferPointer(start: file.base, count: 10_000)) == bytes)
            platform_discard(file.base, 1, 9_998)
            #expect([UInt8](UnsafeRawBufferPointer(start: file.base, count: 10_000)) == bytes)
            platform_close(&file)
            #expect(file.fd == -1 && file.base == nil)
            platform_close(&file)
        }
    }

    @Test func anEmptyFileHasNoBase() throws {
        try inFolder { folder in
            write([], folder + "f")
            var file = platform_open_mapped(folder + "f")
            #expect(file.error == 0 && file.base == nil && file.size == 0 && file.fd >= 0)
            platform_close(&file)
        }
    }

    @Test func whatIsNoRegularFileIsRefusedAndNothingHangs() throws {
        try inFolder { folder in
            #expect(platform_open(folder + "missing").error == ENOENT)
            #expect(platform_open_mapped(folder).error == EISDIR)
            #expect(mkfifo(folder + "fifo", 0o600) == 0)
            #expect(platform_open(folder + "fifo").error == EINVAL)
            #expect(platform_kind(folder + "missing") == PLATFORM_KIND_NOTHING)
            #expect(platform_kind(folder) == PLATFORM_KIND_DIRECTORY)
            #expect(platform_kind(folder + "fifo") == PLATFORM_KIND_OTHER)
        }
    }

    @Test func readsAtOffsetsBeyondFourGigabytes() throws {
        try inFolder { folder in
            write([1], folder + "sparse")
            let far: UInt64 = 5 << 30
            #expect(truncate(folder + "sparse", off_t(far) + 2) == 0)
            var file = platform_open(folder + "sparse")
            #expect(file.size == far + 2)
            var bytes: [UInt8] = [9, 9, 9]
            #expect(platform_read_at(file.fd, &bytes, 2, far) == 0)
            #expect(bytes == [0, 0, 9])
            #expect(platform_read_at(file.fd, &bytes, 3, far) == EIO)
            #expect(platform_read_at(file.fd, &bytes, 1, UInt64.max) == EINVAL)
            platform_close(&file)
        }
    }

    @Test func aFileThatIsThereIsOverwrittenOnlyWhenAsked() throws {
        try inFolder { folder in
            write([1, 2], folder + "f")
            var fd: Int32 = -1
            #expect(platform_create(folder + "f", false, &fd) == EEXIST)
            #expect(platform_create(folder + "f", true, &fd) == 0)
            #expect(platform_sync_close(fd) == 0)
            var file = platform_open(folder + "f")
            #expect(file.size == 0)
            platform_close(&file)
            #expect(platform_rename(folder + "f", folder + "g") == 0)
            #expect(platform_kind(folder + "f") == PLATFORM_KIND_NOTHING)
            #expect(platform_remove(folder + "g") == 0)
            #expect(platform_remove(folder + "g") == ENOENT)
            #expect(platform_create(folder + "no/where", false, &fd) == ENOENT)
        }
    }

    @Test func aFullDiskIsAnError() {
        var fd: Int32 = -1
        #expect(platform_create("/dev/full", true, &fd) == 0)
        #expect(platform_write(fd, "x", 1) == ENOSPC)
        _ = platform_sync_close(fd)
    }

    @Test func aDirectoryListsItsNamesUntilToldToStop() throws {
        final class Names {
            var list: [String] = []
            var limit = Int.max
        }
        let visit: @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?) -> Bool = { context, name in
            let names = Unmanaged<Names>.fromOpaque(context!).takeUnretainedValue()
            names.list.append(String(cString: name!))
            return names.list.count < names.limit
        }
        try inFolder { folder in
            for name in ["b", "a", ".c"] { write([], folder + name) }
            let names = Names()
            #expect(platform_list(folder, visit, Unmanaged.passUnretained(names).toOpaque()) == 0)
            #expect(names.list.sorted() == [".c", "a", "b"])
            let first = Names()
            first.limit = 1
            #expect(platform_list(folder, visit, Unmanaged.passUnretained(first).toOpaque()) == 0)
            #expect(first.list.count == 1)
            #expect(platform_list(folder + "missing", visit, Unmanaged.passUnretained(names).toOpaque()) == ENOENT)
        }
    }

    @Test func readingAPipeEndsWithZero() {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        #expect(platform_write(ends[1], "abc", 3) == 0)
        #expect(platform_sync_close(ends[1]) == 0)
        var bytes = [UInt8](repeating: 0, count: 8)
        #expect(platform_read(ends[0], &bytes, 8) == 3)
        #expect(bytes.prefix(3) == [97, 98, 99])
        #expect(platform_read(ends[0], &bytes, 8) == 0)
        close(ends[0])
        #expect(platform_read(ends[0], &bytes, 8) == -1)
    }

    @Test func everyErrorHasWords() {
        #expect(String(cString: platform_error_text(ENOENT)) == "No such file or directory")
        #expect(String(cString: platform_error_text(99_999)) == "unknown error")
    }
}

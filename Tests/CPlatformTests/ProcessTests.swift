import CPlatform
import Foundation
import Testing

@Suite struct ProcessTests {
    @Test func argumentsAreThoseOfTheProcess() {
        let count = Int(platform_argument_count())
        #expect(count == CommandLine.arguments.count)
        for index in 0..<count {
            #expect(platform_argument(Int32(index)).map { String(cString: $0) } == CommandLine.arguments[index])
        }
        #expect(platform_argument(Int32(count)) == nil)
        #expect(platform_argument(-1) == nil)
    }

    @Test func memoryFieldsAreReadAndUnknownOnesAreMinusOne() {
        let peak = platform_memory_kib("VmHWM:")
        #expect(peak > 100 && peak >= platform_memory_kib("RssAnon:"))
        #expect(platform_memory_kib("NoSuchField:") == -1)
    }

    @Test func timeGoesForward() {
        let before = platform_now()
        let since = platform_seconds_since_start()
        usleep(20_000)
        #expect(platform_now() - before >= 0.02)
        #expect(since >= 0 && platform_seconds_since_start() - since >= 0.01)
    }

    @Test func theProcessMayUseAtLeastOneCPU() {
        #expect(platform_cpu_count() >= 1 && platform_cpu_count() <= ProcessInfo.processInfo.processorCount)
    }

    @Test(arguments: [0, 1, 63, 64, 65, 4096, 128 * 1024 - 1, 128 * 1024, 5_000_001])
    func memoryIsAlignedAndZero(_ count: Int) throws {
        let memory = try #require(platform_allocate(count))
        #expect(UInt(bitPattern: memory) % 64 == 0)
        #expect(UnsafeRawBufferPointer(start: memory, count: count).allSatisfy { $0 == 0 })
        memset(memory, 1, count)
        platform_free(memory, count)
    }

    @Test func memoryThatIsNotThereIsNull() {
        #expect(platform_allocate(Int.max) == nil)
        #expect(platform_allocate(-1) == nil)  // SIZE_MAX
        platform_free(nil, 10)
    }
}

import CPlatform
import Testing

/// Every thread writes only its own places; the pool has to make them visible to the caller and to each other.
private struct Shared {
    var pool: OpaquePointer
    var values: UnsafeMutablePointer<Int>
    var sums: UnsafeMutablePointer<Int>
}

@Suite struct PoolTests {
    @Test(arguments: [1, 2, 3, 4, 8])
    func everyThreadRunsOnceAndAllIsVisibleAfterwards(_ count: Int) throws {
        let pool = try #require(platform_pool_make(Int32(count)))
        #expect(platform_pool_count(pool) == Int32(count))
        let values = UnsafeMutablePointer<Int>.allocate(capacity: count)
        values.initialize(repeating: 0, count: count)
        for _ in 0..<500 {
            platform_pool_run(
                pool,
                { context, index in
                    context!.assumingMemoryBound(to: Int.self)[Int(index)] += 1
                }, values)
        }
        for index in 0..<count { #expect(values[index] == 500) }
        platform_pool_free(pool)
        values.deallocate()
    }

    @Test(arguments: [1, 2, 4, 7])
    func threadsMeetAtTheBarrier(_ count: Int) throws {
        let pool = try #require(platform_pool_make(Int32(count)))
        var shared = Shared(
            pool: pool, values: .allocate(capacity: count), sums: .allocate(capacity: count))
        shared.values.initialize(repeating: 0, count: count)
        shared.sums.initialize(repeating: 0, count: count)
        platform_pool_run(
            pool,
            { context, index in
                let shared = context!.assumingMemoryBound(to: Shared.self)
                let count = Int(platform_pool_count(shared.pointee.pool))
                for round in 1...200 {
                    shared.pointee.values[Int(index)] = round * (Int(index) + 1)
                    platform_pool_barrier(shared.pointee.pool)
                    for other in 0..<count { shared.pointee.sums[Int(index)] += shared.pointee.values[other] }
                    platform_pool_barrier(shared.pointee.pool)
                }
            }, &shared)
        let expected = (1...200).reduce(0, +) * (count * (count + 1) / 2)
        for index in 0..<count { #expect(shared.sums[index] == expected) }
        platform_pool_free(pool)
        shared.values.deallocate()
        shared.sums.deallocate()
    }

    @Test(arguments: [1, 2, 4, 7])
    func everyUnitIsClaimedOnce(_ count: Int) throws {
        let pool = try #require(platform_pool_make(Int32(count)))
        let units = 1000
        var shared = Shared(pool: pool, values: .allocate(capacity: units), sums: .allocate(capacity: count))
        shared.values.initialize(repeating: 0, count: units)
        shared.sums.initialize(repeating: 0, count: count)
        for _ in 0..<100 {
            platform_pool_run(
                pool,
                { context, index in
                    let shared = context!.assumingMemoryBound(to: Shared.self)
                    while true {
                        let unit = Int(platform_pool_claim(shared.pointee.pool))
                        guard unit < 1000 else { return }
                        shared.pointee.values[unit] += 1
                        shared.pointee.sums[Int(index)] += 1
                    }
                }, &shared)
        }
        for unit in 0..<units { #expect(shared.values[unit] == 100) }
        #expect((0..<count).reduce(0) { $0 + shared.sums[$1] } == 100 * units)
        platform_pool_free(pool)
        shared.values.deallocate()
        shared.sums.deallocate()
    }

    @Test func poolsComeAndGo() throws {
        for _ in 0..<50 {
            let pool = try #require(platform_pool_make(4))
            platform_pool_free(pool)
        }
        platform_pool_free(nil)
        let smallest = try #require(platform_pool_make(-3))
        #expect(platform_pool_count(smallest) == 1)
        platform_pool_free(smallest)
    }
}

import AlbitText

/// Where arrays will lie in one block of memory, decided before it is allocated: one behind the other, each from a
/// cache line of its own. The size of the block follows from the same calls that place the arrays.
package struct MemoryPlan {
    /// Cache lines are what the widest kernels load and store.
    package static let alignment = 64

    /// Bytes that the block has to have.
    package private(set) var byteCount = 0
    /// What the arrays take up, in order; for tests of the layout.
    package private(set) var ranges: [Range<Int>] = []

    package init() {}

    /// Keeps room for `count` elements.
    package mutating func place<Element>(_ count: Int, of type: Element.Type) -> MemorySlot<Element> {
        let slot = MemorySlot<Element>(offset: byteCount, count: count)
        let bytes = count * MemoryLayout<Element>.stride
        ranges.append(byteCount..<(byteCount + bytes))
        byteCount = (byteCount + bytes + MemoryPlan.alignment - 1) / MemoryPlan.alignment * MemoryPlan.alignment
        return slot
    }
}

/// An array's place in a block of memory.
package struct MemorySlot<Element> {
    fileprivate let offset: Int
    package let count: Int
}

extension Memory {
    /// The block that a plan needs. Throws where the machine has not so much.
    package convenience init(_ plan: MemoryPlan, purpose: String) throws(Fault) {
        try self.init(bytes: plan.byteCount, purpose: purpose)
    }

    /// The array at a place of the plan that the block was made for.
    package subscript<Element>(slot: MemorySlot<Element>) -> UnsafeMutablePointer<Element> {
        assert(slot.offset + slot.count * MemoryLayout<Element>.stride <= count, "the block was made for another plan")
        return (base + slot.offset).bindMemory(to: Element.self, capacity: slot.count)
    }
}

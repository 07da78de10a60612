import AlbitText

/// How precisely one site of an applied layer works. Raw values as `albit.precision` has them.
package enum SitePrecision: UInt8, Sendable, CaseIterable, Comparable {
    /// One byte plane of activations.
    case onePlane = 1
    /// Two byte planes of activations.
    case twoPlanes = 2
    /// Two byte planes of activations and two of weights: four products. For matmuls only.
    case twoByTwo = 3

    /// Byte planes of the site's activations.
    package var activationPlanes: Int { self == .onePlane ? 1 : 2 }
    /// Byte planes of the weights that they are multiplied by.
    package var weightPlanes: Int { self == .twoByTwo ? 2 : 1 }

    package static func < (a: SitePrecision, b: SitePrecision) -> Bool { a.rawValue < b.rawValue }
}

/// The precision of every site of every applied layer, in the order of layers and, within one, of `Site`.
package struct PrecisionMap: Sendable, Equatable {
    /// One site of one applied layer.
    package struct Place: Sendable, Hashable, Comparable {
        package let layer: Int
        package let site: Site

        package init(layer: Int, site: Site) {
            self.layer = layer
            self.site = site
        }

        fileprivate var index: Int { layer * Site.count + site.rawValue }
        package static func < (a: Place, b: Place) -> Bool { a.index < b.index }
    }

    package let layers: Int
    private var values: [SitePrecision]

    /// The same precision everywhere, as far as the sites take it: attention has no weights to take a second plane of.
    package init(_ precision: SitePrecision, layers: Int) {
        self.layers = layers
        values = []
        values.reserveCapacity(layers * Site.count)
        for _ in 0..<layers { for site in Site.allCases { values.append(min(precision, site.maxPrecision)) } }
    }

    /// From a value for each place; nil where there are more or fewer, or where one is none that its site takes.
    package init?(bytes: [UInt8], layers: Int) {
        guard bytes.count == layers * Site.count else { return nil }
        self.init(.onePlane, layers: layers)
        for place in places {
            guard let precision = SitePrecision(rawValue: bytes[place.index]), precision <= place.site.maxPrecision
            else {
                return nil
            }
            self[place] = precision
        }
    }

    package subscript(place: Place) -> SitePrecision {
        get { values[place.index] }
        set { values[place.index] = newValue }
    }

    package subscript(layer: Int, site: Site) -> SitePrecision {
        get { self[Place(layer: layer, site: site)] }
        set { self[Place(layer: layer, site: site)] = newValue }
    }

    /// All places in order.
    package var places: [Place] {
        (0..<layers).flatMap { layer in Site.allCases.map { Place(layer: layer, site: $0) } }
    }

    /// As the file has it: a byte for each place.
    package var bytes: [UInt8] { values.map { $0.rawValue } }

    /// The largest number of byte planes that any layer needs of a site's activations: what buffers are sized for.
    package func maxActivationPlanes(_ site: Site) -> Int {
        (0..<layers).map { self[$0, site].activationPlanes }.max() ?? 1
    }

    /// Whether any site multiplies by a second plane of weights.
    package var hasSecondWeightPlanes: Bool { values.contains(.twoByTwo) }

    /// Whether an applied layer that uses a stored one multiplies by a second plane of a site's weights.
    package func needsSecondWeightPlane(storedLayer: Int, site: Site, _ configuration: Configuration) -> Bool {
        (0..<layers).contains {
            configuration.storedLayer(at: $0) == storedLayer && self[$0, site] == .twoByTwo
        }
    }
}

extension PrecisionMap {
    /// What a file says; where it says nothing, each matmul's own number of planes.
    static func read(
        _ gguf: GGUF, _ configuration: Configuration, _ linears: [LinearDescription]
    ) throws(Fault) -> PrecisionMap {
        let key = ModelKey.precision
        guard let values = try gguf.integers(key) else { return PrecisionMap(of: linears, configuration) }
        let layers = configuration.appliedLayers
        guard let map = PrecisionMap(bytes: values.map { UInt8(clamping: $0) }, layers: layers) else {
            throw Fault(
                .modelBadValue, in: gguf.file.path, at: "key '" + key + "'",
                "does not hold 1, 2 or 3 (for '"
                    + Site.attention.name + "' 1 or 2) for each of " + String(layers) + " x " + String(Site.count)
                    + " sites")
        }
        return map
    }

    init(of linears: [LinearDescription], _ configuration: Configuration) {
        self.init(.onePlane, layers: configuration.appliedLayers)
        for place in places {
            let name = place.site.tensorGroup(layer: configuration.storedLayer(at: place.layer))
            for linear in linears where linear.name == name && linear.planes == 2 { self[place] = .twoPlanes }
        }
    }
}

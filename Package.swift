// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// Modules that touch neither C nor raw memory: there every unsafe construct is a warning.
let strictAndMemorySafe = strict + [.strictMemorySafety()]

/// Elementary functions of float64.
let realModule: Target.Dependency = .product(name: "RealModule", package: "swift-numerics")

/// Descriptors and errors of the system, with calls that go on after a signal.
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

/// What the tests of runs import: a run that they look into may come from a log, and may be printed.
let runTests: [Target.Dependency] = [
  "RunModel", "RunAnalysis", "Reports", "RunFeed", "Curves", "RunLog", "LogitsFiles", "FileAccess",
  "Divergence",
  "TestSupport", "RunTestSupport", realModule,
]

let package = Package(
  name: "kltop",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "kltop", targets: ["kltop"]),
    .executable(name: "kltop-bench", targets: ["kltop-bench"]),
    .library(name: "Divergence", targets: ["Divergence"]),
    .library(name: "FuzzedReaders", type: .static, targets: ["FuzzedReaders"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CNcurses",
      providers: [.apt(["libncursesw5-dev"]), .brew(["ncurses"])]),
    .systemLibrary(
      name: "CSimdJSONLibrary",
      providers: [.apt(["libsimdjson-dev"]), .brew(["simdjson"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .systemLibrary(name: "CSqlite", providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),

    .target(name: "CVectorMath"),
    .target(name: "Divergence", dependencies: ["CVectorMath"], swiftSettings: strict),

    .target(name: "CSimdJSON", dependencies: ["CSimdJSONLibrary"]),
    .target(name: "FileAccess", dependencies: [systemPackage], swiftSettings: strict),
    .target(
      name: "RunLog", dependencies: ["CSimdJSON", "CSqlite", "CZlib", "CZstd", "FileAccess"],
      swiftSettings: strict),

    .target(name: "CMappedFile"),
    .target(
      name: "LogitsFiles", dependencies: ["CMappedFile", "FileAccess"], swiftSettings: strict),

    .target(name: "Curves", dependencies: [realModule], swiftSettings: strictAndMemorySafe),
    .target(
      name: "RunModel", dependencies: ["Curves", "Divergence", "LogitsFiles", "RunLog", realModule],
      swiftSettings: strictAndMemorySafe),
    .target(
      name: "RunAnalysis", dependencies: ["Curves", "Divergence", "RunLog", "RunModel", realModule],
      swiftSettings: strictAndMemorySafe),
    .target(
      name: "Reports",
      dependencies: ["Curves", "Divergence", "LogitsFiles", "RunLog", "RunModel", "RunAnalysis", realModule],
      swiftSettings: strictAndMemorySafe),
    .target(
      name: "RunFeed",
      dependencies: ["Curves", "FileAccess", "LogitsFiles", "RunLog", "RunModel", "RunAnalysis"],
      swiftSettings: strict),

    .target(name: "CellCanvas", swiftSettings: strictAndMemorySafe),
    .target(
      name: "Dashboard",
      dependencies: ["Curves", "Divergence", "RunLog", "RunModel", "RunAnalysis", "RunFeed", "CellCanvas"],
      swiftSettings: strictAndMemorySafe),

    .target(
      name: "Settings", dependencies: ["CellCanvas", .product(name: "TOMLKit", package: "TOMLKit")],
      swiftSettings: strictAndMemorySafe),

    .target(name: "CStaticBuild"),
    .target(name: "CTerminalGuard"),
    .target(
      name: "NcursesTerminal",
      dependencies: ["CellCanvas", "CNcurses", "CStaticBuild", "CTerminalGuard", systemPackage],
      resources: [.embedInCode("Descriptions/xterm-256color")], swiftSettings: strict),

    .executableTarget(
      name: "kltop",
      dependencies: [
        "FileAccess", "LogitsFiles", "RunLog", "RunModel", "RunAnalysis", "Reports", "RunFeed", "CellCanvas",
        "Dashboard", "NcursesTerminal", "Settings", "CStaticBuild", systemPackage,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "kltop-bench",
      dependencies: [
        "Divergence", "CVectorMath", "Curves", "FileAccess", "LogitsFiles", "RunLog", "RunModel",
        "RunAnalysis", "Reports", "RunFeed", "CellCanvas", "Dashboard", systemPackage,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    .target(
      name: "FuzzedReaders", dependencies: ["FileAccess", "LogitsFiles", "RunLog"], swiftSettings: strict),

    .target(
      name: "TestSupport", dependencies: ["FileAccess", "RunLog", "CellCanvas"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .testTarget(
      name: "DivergenceTests", dependencies: ["Divergence", "TestSupport"],
      resources: [.copy("Golden")], swiftSettings: strict),
    .testTarget(
      name: "RunLogTests", dependencies: ["CSqlite", "FileAccess", "RunLog", "TestSupport"],
      exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "LogitsFilesTests", dependencies: ["FileAccess", "LogitsFiles", "TestSupport"],
      exclude: ["Fixtures"],
      swiftSettings: strict),
    .testTarget(
      name: "CurvesTests", dependencies: ["Curves", "TestSupport", realModule], swiftSettings: strict),
    .target(
      name: "RunTestSupport",
      dependencies: [
        "RunModel", "RunAnalysis", "Reports", "Curves", "RunLog", "TestSupport", realModule,
      ],
      path: "Tests/RunTestSupport", swiftSettings: strict),
    .testTarget(name: "RunModelTests", dependencies: runTests, swiftSettings: strict),
    .testTarget(
      name: "RunAnalysisTests", dependencies: runTests, resources: [.copy("Fixtures")], swiftSettings: strict),
    .testTarget(name: "ReportsTests", dependencies: runTests, swiftSettings: strict),
    .testTarget(name: "RunFeedTests", dependencies: runTests, swiftSettings: strict),
    .testTarget(
      name: "CellCanvasTests", dependencies: ["CellCanvas", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "DashboardTests",
      dependencies: [
        "Dashboard", "RunModel", "RunAnalysis", "RunFeed", "Curves", "RunLog", "FileAccess", "CellCanvas",
        "TestSupport",
      ],
      exclude: ["Goldens"], swiftSettings: strict),
    .testTarget(
      name: "SettingsTests", dependencies: ["Settings", "CellCanvas"], swiftSettings: strict),
    .testTarget(
      name: "NcursesTerminalTests",
      dependencies: ["NcursesTerminal", "CellCanvas", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests", dependencies: ["kltop", "TestSupport"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11,
  cxxLanguageStandard: .cxx17
)

// `.ci/run` builds the engine, the readers and the model under sanitizers: without the screen that takes half the time.
if Context.environment["KLTOP_WITHOUT_SCREEN"] != nil {
  let screen: Set<String> = [
    "CNcurses", "CStaticBuild", "CTerminalGuard", "NcursesTerminal", "Dashboard", "Settings", "kltop",
    "kltop-bench",
    "CellCanvasTests", "DashboardTests", "NcursesTerminalTests", "SettingsTests", "EndToEndTests",
  ]
  package.targets.removeAll { screen.contains($0.name) }
  package.products.removeAll { screen.contains($0.name) }
}

import Albit
import CoreMetrics
import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// `albit-server`, from the command line to its exit code.
package enum ServerProgram {
    /// Descriptors that are not for connections: models, the log, the event loops.
    private static let spareDescriptors = 64

    package static func run(_ arguments: [String]) async -> Int32 {
        if arguments == ["--help"] || arguments == ["-h"] {
            print(Settings.usage)
            return 0
        }
        if arguments == ["--version"] {
            print("albit-server " + Service.version)
            return 0
        }
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        do {
            let settings = try Settings(arguments)
            let keys = try settings.apiKeyFile.map { try APIKeys(file: $0) } ?? APIKeys()
            let metrics = PrometheusMetrics()
            MetricsSystem.bootstrap(metrics)
            let service = Service(settings, shelf: try ModelShelf(settings), metrics: metrics, keys: keys)
            try await serve(service)
            return 0
        } catch let fault as Settings.UsageFault {
            say("\(fault.message)\n\(Settings.usage)")
            return 2
        } catch let error as AlbertError {
            say(error.message)
            return error.code == .machine ? 4 : error.code == .invalidArgument ? 2 : 3
        } catch {
            say("\(error)")
            return 4
        }
    }

    private static func say(_ message: String) {
        FileHandle.standardError.write(Data(("albit-server: " + message + "\n").utf8))
    }

    private static func serve(_ service: Service) async throws {
        var logger = Logger(label: "albit-server")
        logger.logLevel = .info
        let settings = service.settings
        let connections = min(settings.maxConnections, max(1, raiseDescriptorLimit() - spareDescriptors))
        for model in service.shelf.all {
            logger.info(
                "model",
                metadata: ["name": "\(model.name)", "kernel": "\(model.albert.kernel)", "card": "\(model.card.name)"])
        }
        let application = Application(
            responder: service,
            server: .http1(
                configuration: .init(additionalChannelHandlers: [ConnectionGuard()], idleTimeout: .seconds(60))),
            configuration: .init(
                address: .hostname(settings.host, port: settings.port), serverName: "albit-server", backlog: 1024,
                availableConnectionsDelegate: .maximum(connections, logger: logger)),
            logger: logger)
        var group = ServiceGroupConfiguration(
            services: [application, Signals(service: service, logger: logger)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // What was taken is finished; what is not finished by then never will be.
        group.maximumGracefulShutdownDuration = .seconds(8)
        try await ServiceGroup(configuration: group).run()
    }

    /// As many descriptors as this process may have.
    private static func raiseDescriptorLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        limit.rlim_cur = min(limit.rlim_max, 1 << 20)
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        return Int(limit.rlim_cur)
    }

    /// Opens the models anew on SIGHUP, and takes no more requests when the server is to end.
    private struct Signals: ServiceLifecycle.Service {
        let service: AlbitServer.Service
        let logger: Logger

        func run() async throws {
            await withGracefulShutdownHandler {
                for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() { reload() }
            } onGracefulShutdown: {
                service.scheduler.stop()
            }
        }

        private func reload() {
            for outcome in service.shelf.reload() {
                if let error = outcome.error {
                    logger.error(
                        "model stays as it was", metadata: ["name": "\(outcome.name)", "why": "\(error.message)"])
                } else {
                    logger.info("model opened anew", metadata: ["name": "\(outcome.name)"])
                }
            }
        }
    }
}

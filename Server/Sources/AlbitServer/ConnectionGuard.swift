import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTPTypes

/// What a request knows of its connection.
package struct ConnectionContext: InitializableFromSource {
    private let channel: any Channel
    package let logger: Logger

    package init(source: ApplicationRequestContextSource) {
        channel = source.channel
        logger = source.logger
    }

    /// Calls `action` when the client closes its end while the request is at work.
    func whenClientGoes(_ action: @escaping @Sendable () -> Void) async {
        let channel = channel
        try? await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: ConnectionGuard.self).watch(action)
        }.get()
    }
}

/// Watches one connection: a client that sends or reads too slowly is told and let go, one that went away is noticed.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long a client may take for each part.
    struct Limits: Sendable {
        var head = TimeAmount.seconds(10)
        var body = TimeAmount.seconds(30)
        var answer = TimeAmount.seconds(60)
    }

    private let limits: Limits
    private var deadline: Scheduled<Void>?
    private var onDeparture: (@Sendable () -> Void)?
    private var isClosed = false
    private var isAnswering = false
    private var isReading = false

    init(limits: Limits = Limits()) { self.limits = limits }

    func watch(_ action: @escaping @Sendable () -> Void) {
        if isClosed { return action() }
        onDeparture = action
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { start(limits.head, context, tells: true) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelActive(context: ChannelHandlerContext) {
        start(limits.head, context, tells: true)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        depart()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { depart() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isReading = true
            if !isAnswering { start(limits.body, context, tells: true) }
        case .body: break
        case .end:
            isReading = false
            if !isAnswering { stop() }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head:
            isAnswering = true
            onDeparture = nil
            start(limits.answer, context, tells: false)
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            let written = promise ?? context.eventLoop.makePromise()
            let guarded = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            written.futureResult.whenComplete { _ in
                let (handler, context) = guarded.value
                handler.isAnswering = false
                handler.stop()
                if handler.isReading { handler.start(handler.limits.body, context, tells: false) }
            }
            context.write(data, promise: written)
        }
    }

    private func depart() {
        isClosed = true
        stop()
        onDeparture?()
        onDeparture = nil
    }

    private func stop() {
        deadline?.cancel()
        deadline = nil
    }

    private func start(_ time: TimeAmount, _ context: ChannelHandlerContext, tells: Bool) {
        stop()
        let guarded = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: time) {
            let (handler, context) = guarded.value
            handler.deadline = nil
            guard tells else { return context.close(promise: nil) }
            let body = Refusal(.tooSlow, "the request took too long to come").json(.embeddingsInference).bytes
            let head = HTTPResponse(
                status: .requestTimeout,
                headerFields: [
                    .connection: "close", .contentType: "application/json", .contentLength: String(body.count),
                ])
            context.write(handler.wrapOutboundOut(.head(head)), promise: nil)
            context.write(handler.wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
            context.writeAndFlush(handler.wrapOutboundOut(.end(nil)), promise: nil)
            context.close(promise: nil)
        }
    }
}

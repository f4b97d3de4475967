package dev.whippletree.kotlin

import dev.whippletree.model.Delta
import dev.whippletree.model.Embedding
import dev.whippletree.model.Failure
import dev.whippletree.model.FailureKind
import dev.whippletree.model.FinishReason
import dev.whippletree.model.Prompt
import dev.whippletree.spi.AccountSettings
import dev.whippletree.spi.Admission
import dev.whippletree.spi.AnswerEnd
import dev.whippletree.spi.AttemptSink
import dev.whippletree.spi.Cancellable
import dev.whippletree.spi.EmbeddingBounds
import dev.whippletree.spi.Provider
import dev.whippletree.spi.ProviderClient
import dev.whippletree.spi.Services
import dev.whippletree.spi.SettingKey
import java.util.Optional

/** A service whose calls stay open until the test ends them. Confined to one thread. */
internal class HeldProvider : Provider {

    val calls = mutableListOf<Call>()

    class Call(private val sink: AttemptSink) : Cancellable {
        var cancelled = false
            private set

        fun piece(text: String) = sink.delta(Delta.Text(text))

        fun end() = sink.done(AnswerEnd(FinishReason.STOP, Optional.empty(), "m"))

        fun answer(text: String) {
            piece(text)
            end()
        }

        fun embed(vararg vectors: FloatArray) = answer(vectors.joinToString("\n") { Embedding.encode(it) })

        fun reject() = sink.failed(Failure.of(FailureKind.REJECTED, "no"))

        override fun cancel() {
            cancelled = true
        }
    }

    override fun name() = "held"

    override fun settings(): Set<SettingKey> = setOf()

    override fun connect(account: AccountSettings, services: Services) = object : ProviderClient {

        override fun admission(prompt: Prompt, model: String): Admission = Admission.NONE

        override fun embeddings(): Optional<EmbeddingBounds> = Optional.of(EmbeddingBounds(10, 10_000))

        override fun send(prompt: Prompt, model: String, sink: AttemptSink): Cancellable {
            sink.sent()
            sink.firstByte()
            return Call(sink).also(calls::add)
        }

        override fun close() = Unit
    }
}

package dev.whippletree.kotlin

import dev.whippletree.Whippletree
import dev.whippletree.model.Completion
import dev.whippletree.model.ConfigurationException
import dev.whippletree.model.Delta
import dev.whippletree.model.Embeddings
import dev.whippletree.model.Prompt
import dev.whippletree.model.PromptException
import java.util.concurrent.CompletableFuture
import kotlin.time.Duration
import kotlin.time.toJavaDuration
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.mapNotNull
import kotlinx.coroutines.flow.onStart
import kotlinx.coroutines.future.await
import kotlinx.coroutines.jdk9.asFlow

/**
 * A [Whippletree] for coroutines: its functions suspend instead of blocking, and a prompt lives no longer than the
 * coroutine that asks it.
 *
 * Made by [whippletree], or by [coroutines] from a [Whippletree] that a program already has. Thread-safe. A coroutine
 * that waits occupies no thread.
 *
 * ```
 * whippletree { account("groq-1", "groq", Secret.ofVariable("GROQ_API_KEY")) }.use { whippletree ->
 *     println(whippletree.ask("Tell me about yourself").text())
 * }
 * ```
 *
 * @property java the same Whippletree with its whole API, whose functions block or return futures; open as long as this
 */
public class CoroutineWhippletree internal constructor(public val java: Whippletree) : AutoCloseable {

    /**
     * Answers a prompt. Cancelling the coroutine withdraws the prompt; other callers with an equal prompt still get
     * their answer.
     *
     * @throws PromptException if there is no answer; it says why
     * @throws ConfigurationException if the prompt names an unknown route or account
     */
    public suspend fun ask(prompt: Prompt): Completion = outcome { java.complete(prompt) }

    /** Answers a prompt of one user message, like [ask] with a [Prompt]. */
    public suspend fun ask(text: String): Completion = ask(Prompt.of(text))

    /** Answers a prompt that is built in place, like [ask] with a [Prompt]. */
    public suspend fun ask(build: @WhippletreeDsl Prompt.Builder.() -> Unit): Completion = ask(prompt(build))

    /**
     * Answers a prompt, and streams the answer as it arrives: a [Delta.Start], the pieces and, if the answer is
     * complete, a [Delta.End]. [Whippletree.stream] says what is guaranteed.
     *
     * The flow is cold: each collection submits the prompt. A slow collector delays no other; it gets the text that has
     * arrived meanwhile in larger pieces. Ending the collection early, or cancelling its coroutine, withdraws the
     * prompt. A collection throws what [ask] throws.
     */
    public fun stream(prompt: Prompt): Flow<Delta> =
        // Without a buffer: the engine joins what arrives until it is asked for more.
        java.stream(prompt).asFlow().buffer(Channel.RENDEZVOUS).onStart { currentCoroutineContext().ensureActive() }

    /** Streams the answer of a prompt that is built in place, like [stream] with a [Prompt]. */
    public fun stream(build: @WhippletreeDsl Prompt.Builder.() -> Unit): Flow<Delta> = stream(prompt(build))

    /**
     * Embeds texts: returns a vector for each message of a prompt of the operation [Prompt.Operation.EMBEDDING], like
     * [Whippletree.embed]. Cancelling the coroutine cancels the calls that nobody else waits for.
     *
     * @throws PromptException if there is no answer; it says why
     * @throws ConfigurationException if the prompt names an unknown route or account
     * @throws IllegalArgumentException if the prompt is of another operation
     */
    public suspend fun embed(prompt: Prompt): Embeddings = outcome { java.embed(prompt) }

    /** Embeds texts by the default route, like [embed] with a [Prompt]. */
    public suspend fun embed(texts: List<String>): Embeddings = embed(Prompt.embedding(texts))

    /**
     * Takes no more prompts, lets those under way end, and suspends until everything is freed. Cancelling the coroutine
     * only ends the wait.
     *
     * @param grace how long prompts under way may take; those left end with [PromptException.Reason.CLOSED]
     */
    public suspend fun close(grace: Duration) {
        java.close(grace.toJavaDuration()).await()
    }

    /** Closes it with five seconds of grace, and blocks until it is closed. */
    override fun close() {
        java.close()
    }

    /** Begins nothing for a coroutine that has been cancelled. */
    private suspend fun <T> outcome(begin: () -> CompletableFuture<T>): T {
        currentCoroutineContext().ensureActive()
        return begin().await()
    }
}

/** Returns this Whippletree for coroutines. Closing either closes both. */
public fun Whippletree.coroutines(): CoroutineWhippletree = CoroutineWhippletree(this)

/** Returns the answer's text alone, piece by piece: no reasoning, refusal or tool calls. */
public fun Flow<Delta>.text(): Flow<String> = mapNotNull { (it as? Delta.Text)?.text() }

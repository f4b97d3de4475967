package dev.whippletree.kotlin

import dev.whippletree.model.ConfigurationException
import dev.whippletree.model.Delta
import dev.whippletree.model.Prompt
import dev.whippletree.model.PromptException
import dev.whippletree.model.Secret
import dev.whippletree.time.VirtualTimeline
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.cancel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.supervisorScope
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withTimeout
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** One thread: the engine and the coroutines take turns on it, each when the test says so. */
@OptIn(ExperimentalCoroutinesApi::class)
internal class CoroutineWhippletreeTest {

    private val timeline = VirtualTimeline(1)
    private val service = HeldProvider()
    private val whippletree = whippletree {
        timeline(timeline)
        provider(service)
        account("a-1", "held") {
            token(Secret.of("secret-token"))
            maxConcurrency(1)
        }
        model("m")
    }
    private val prompt = Prompt.of("hello")

    /** Lets the coroutines run until they wait, then the engine, as long as either has anything to do now. */
    private fun TestScope.settle() = repeat(5) {
        runCurrent()
        timeline.advance(java.time.Duration.ZERO)
    }

    private fun run(test: suspend TestScope.() -> Unit) = runTest(testBody = test)

    /** Returns what a coroutine returns that only waits for the engine. */
    private suspend fun <T> TestScope.settled(outcome: Deferred<T>): T {
        settle()
        assertThat(outcome.isCompleted).isTrue()
        return outcome.await()
    }

    private fun inLine() = whippletree.java.status().waiting()

    @Test
    fun ask_suspendsUntilTheAnswerIsThere() = run {
        val answer = async { whippletree.ask("hello") }
        settle()
        assertThat(answer.isActive).isTrue()

        service.calls.single().answer("hi")

        assertThat(settled(answer).text()).isEqualTo("hi")
    }

    @Test
    fun askOrStream_withoutAnAnswer_throwsThePromptExceptionItself() = run {
        supervisorScope {
            val answer = async { whippletree.ask { user("hello") } }
            settle()
            service.calls.single().reject()
            settle()

            assertThat(assertThrows<PromptException> { settled(answer) }.reason())
                .isEqualTo(PromptException.Reason.REJECTED)

            val pieces = async { whippletree.stream(prompt).take(10).toList() }
            settle()
            service.calls.last().reject()
            settle()
            assertThat(assertThrows<PromptException> { settled(pieces) }.reason())
                .isEqualTo(PromptException.Reason.REJECTED)
        }
        val unknown = assertThrows<ConfigurationException> { whippletree.ask(prompt { user("hello").route("none") }) }
        assertThat(unknown).hasMessageContaining("none")
    }

    @Test
    fun coroutineCancelled_whileItsPromptWaits_promptLeavesTheLine() = run {
        val first = async { whippletree.ask("first") }
        val second = launch { whippletree.ask("second") }
        settle()
        assertThat(inLine()).isEqualTo(1)

        second.cancel()
        settle()

        assertThat(inLine()).isZero()
        service.calls.single().answer("one")
        assertThat(settled(first).text()).isEqualTo("one")
        settle()
        assertThat(service.calls).hasSize(1)
    }

    @Test
    fun coroutineCancelled_othersWithAnEqualPromptAreStillAnswered() = run {
        val leaving = launch { whippletree.ask(prompt) }
        val staying = async { whippletree.ask(prompt) }
        settle()

        leaving.cancel()
        settle()

        assertThat(service.calls.single().cancelled).isFalse()
        service.calls.single().answer("hi")
        assertThat(settled(staying).text()).isEqualTo("hi")
    }

    @Test
    fun promptFails_siblingsPromptsAreWithdrawn() = run {
        val failure = async {
            runCatching {
                coroutineScope {
                    launch { whippletree.ask("first") }
                    launch { whippletree.ask("second") }
                }
            }.exceptionOrNull()
        }
        settle()

        service.calls.single().reject()
        settle()

        assertThat(settled(failure)).isInstanceOf(PromptException::class.java)
        assertThat(service.calls.drop(1)).allSatisfy { assertThat(it.cancelled).isTrue() }
        assertThat(inLine()).isZero()
    }

    @Test
    fun timeoutPasses_promptIsWithdrawn() = run {
        supervisorScope {
            val asking = async { withTimeout(5.seconds) { whippletree.ask(prompt) } }
            settle()

            assertThrows<TimeoutCancellationException> { asking.await() }
        }
        settle()
        assertThat(service.calls.single().cancelled).isTrue()
    }

    @Test
    fun cancelledCoroutine_beginsNoCall() = run {
        val late = listOf<suspend () -> Any>(
            { whippletree.ask(prompt) },
            { whippletree.stream(prompt).toList() },
            { whippletree.embed(listOf("text")) },
        )
        for (begin in late) {
            launch(start = CoroutineStart.UNDISPATCHED) {
                coroutineContext.cancel()
                assertThrows<CancellationException> { begin() }
            }
        }
        settle()

        assertThat(service.calls).isEmpty()
    }

    @Test
    fun stream_isTheAnswerAsItArrives() = run {
        val arrived = mutableListOf<Delta>()
        val reading = launch { whippletree.stream(prompt).onEach(arrived::add).toList() }
        settle()
        service.calls.single().piece("Hello")
        settle()
        assertThat(arrived).last().isEqualTo(Delta.Text("Hello"))

        service.calls.single().answer(" you")
        settle()
        assertThat(reading.isCompleted).isTrue()

        assertThat(arrived.first()).isEqualTo(Delta.Start("a-1", "m"))
        assertThat(arrived.filterIsInstance<Delta.Text>().joinToString("") { it.text() }).isEqualTo("Hello you")
        assertThat(arrived.last()).isInstanceOf(Delta.End::class.java)
    }

    @Test
    fun slowCollector_getsWhatHasArrivedMeanwhileAsOnePiece() = run {
        val next = CompletableDeferred<Unit>()
        val text = whippletree.stream { user("hello") }.text()
        val pieces = async { text.onEach { if (it == "a") next.await() }.toList() }
        settle()
        val call = service.calls.single()
        call.piece("a")
        settle()
        for (letter in 'b'..'z') {
            call.piece(letter.toString())
            settle()
        }
        call.end()
        settle()

        next.complete(Unit)
        val all = settled(pieces)
        assertThat(all.joinToString("")).isEqualTo(('a'..'z').joinToString(""))
        assertThat(all).hasSizeLessThanOrEqualTo(3)
    }

    @Test
    fun collectionEndsEarly_promptIsWithdrawn() = run {
        val start = async { whippletree.stream(prompt).text().first() }
        settle()
        service.calls.single().piece("Hello")

        assertThat(settled(start)).isEqualTo("Hello")
        settle()
        assertThat(service.calls.single().cancelled).isTrue()
    }

    @Test
    fun flow_isCold_andEachCollectionAsks() = run {
        val flow = whippletree.stream(prompt).text()
        settle()
        assertThat(service.calls).isEmpty()

        repeat(2) { time ->
            val pieces = async { flow.toList() }
            settle()
            service.calls[time].answer("answer $time")
            assertThat(settled(pieces)).containsExactly("answer $time")
        }
    }

    @Test
    fun embed_returnsAVectorForEachText_andIsWithdrawnWithItsCoroutine() = run {
        val vectors = async { whippletree.embed(listOf("one", "two")) }
        settle()
        service.calls.single().embed(floatArrayOf(1f, 0f), floatArrayOf(0f, 1f))
        assertThat(settled(vectors).all().map { it.vector().toList() })
            .containsExactly(listOf(1f, 0f), listOf(0f, 1f))

        val embedding = launch { whippletree.embed(listOf("text")) }
        settle()
        embedding.cancel()
        settle()
        assertThat(service.calls.last().cancelled).isTrue()
    }

    @Test
    fun waitForTheEndIsCancelled_itStillCloses() = run {
        val asking = async { runCatching { whippletree.ask(prompt) } }
        settle()
        val closing = launch { whippletree.close(10.seconds) }
        settle()
        closing.cancel()
        settle()

        timeline.advance(java.time.Duration.ofSeconds(11))
        settle()

        val failure = settled(asking).exceptionOrNull() as PromptException
        assertThat(failure.reason()).isEqualTo(PromptException.Reason.CLOSED)
        assertThrows<IllegalStateException> { whippletree.java.reload(whippletree.java.configuration()) }
    }
}

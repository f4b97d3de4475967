package dev.whippletree.kotlin

import dev.whippletree.Whippletree
import dev.whippletree.model.Completion
import dev.whippletree.model.Prompt
import dev.whippletree.model.PromptException
import dev.whippletree.model.Secret
import java.time.Instant
import java.util.Optional
import kotlin.time.Duration.Companion.minutes
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope

/** The examples of docs/kotlin.md, which [GuideTest] compares with the page. Compiled, never called. */
internal abstract class Guide(private val whippletree: CoroutineWhippletree) {

    class Debate(val pro: String, val contra: String)

    abstract fun askLater(prompt: Prompt, at: Optional<Instant>): Completion

    suspend fun asks() {
        whippletree {
            account("hf-1", "huggingface") {
                token(Secret.ofVariable("HF_TOKEN"))
                limit("1000 requests / 1h")
            }
            account("groq-1", "groq", Secret.ofVariable("GROQ_API_KEY"))
            cache("ehcache")
        }.use { whippletree ->
            val answer = whippletree.ask {
                system("Answer in one sentence.")
                user("Tell me about yourself")
                session("interview-7")
                deadline(2.minutes)
            }
            println(answer.text())
        }
    }

    suspend fun fails(prompt: Prompt): Completion {
        val answer = try {
            whippletree.ask(prompt)
        } catch (e: PromptException) {
            if (e.isRetryable) askLater(prompt, e.roomAt()) else throw e
        }
        return answer
    }

    class Interviewer(whippletree: Whippletree) {
        private val whippletree = whippletree.coroutines()

        suspend fun answer(question: String): String = whippletree.ask(question).text()
    }

    suspend fun streams(prompt: Prompt) {
        whippletree.stream(prompt).text().collect { print(it) }
    }

    suspend fun debates(thesis: String): Debate =
        coroutineScope {
            val pro = async { whippletree.ask("Argue for it: $thesis") }
            val contra = async { whippletree.ask("Argue against it: $thesis") }
            Debate(pro.await().text(), contra.await().text())
        }
}

package dev.whippletree.kotlin

import dev.whippletree.Whippletree
import dev.whippletree.model.ConfigurationException
import dev.whippletree.model.Prompt
import dev.whippletree.settings.RouteSettings
import dev.whippletree.spi.AccountSettings
import kotlin.time.Duration
import kotlin.time.toJavaDuration

/** Marks the builders, so that a block inside another one sees only its own. */
@DslMarker
@Target(AnnotationTarget.CLASS, AnnotationTarget.TYPE)
public annotation class WhippletreeDsl

/**
 * Opens a Whippletree, with all that its builder offers.
 *
 * ```
 * val whippletree = whippletree {
 *     account("hf-1", "huggingface") {
 *         token(Secret.ofVariable("HF_TOKEN"))
 *         limit("1000 requests / 1h")
 *     }
 *     cache("ehcache")
 * }
 * ```
 *
 * @throws ConfigurationException if anything can't be used, with every problem
 */
public fun whippletree(build: @WhippletreeDsl Whippletree.Builder.() -> Unit): CoroutineWhippletree =
    Whippletree.builder().apply(build).build().coroutines()

/**
 * Adds an account.
 *
 * @param id its name in status and errors
 * @param provider the name of its provider
 */
public fun Whippletree.Builder.account(
    id: String,
    provider: String,
    build: @WhippletreeDsl AccountSettings.Builder.() -> Unit,
): Whippletree.Builder = account(AccountSettings.builder(id, provider).apply(build).build())

/** Adds a route; the first is the default. */
public fun Whippletree.Builder.route(
    name: String,
    build: @WhippletreeDsl RouteSettings.Builder.() -> Unit,
): Whippletree.Builder = route(RouteSettings.builder(name).apply(build).build())

/** Sets the longest time that a prompt of this route waits. */
public fun RouteSettings.Builder.deadline(deadline: Duration): RouteSettings.Builder =
    deadline(deadline.toJavaDuration())

/** Sets how long answers of this route may be stored. */
public fun RouteSettings.Builder.ttl(ttl: Duration): RouteSettings.Builder = ttl(ttl.toJavaDuration())

/**
 * Returns a prompt, with all that its builder offers.
 *
 * ```
 * val prompt = prompt {
 *     system("Answer in one sentence.")
 *     user("Tell me about yourself")
 *     deadline(2.minutes)
 * }
 * ```
 *
 * @throws IllegalArgumentException if there is no message or a value is out of range
 */
public fun prompt(build: @WhippletreeDsl Prompt.Builder.() -> Unit): Prompt = Prompt.builder().apply(build).build()

/** Sets the longest time that the caller waits. */
public fun Prompt.Builder.deadline(deadline: Duration): Prompt.Builder = deadline(deadline.toJavaDuration())

/** Sets the longest time that the caller waits for the first piece of the answer. */
public fun Prompt.Builder.firstPieceWithin(deadline: Duration): Prompt.Builder =
    firstPieceWithin(deadline.toJavaDuration())

/** Sets after how long the caller gives up. */
public fun Prompt.Builder.callerTimeout(timeout: Duration): Prompt.Builder = callerTimeout(timeout.toJavaDuration())

/** Sets how long the answer may be stored. */
public fun Prompt.Builder.ttl(ttl: Duration): Prompt.Builder = ttl(ttl.toJavaDuration())

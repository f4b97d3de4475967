package dev.whippletree.kotlin

import dev.whippletree.model.ConfigurationException
import dev.whippletree.model.Limit
import dev.whippletree.model.Prompt
import dev.whippletree.model.Secret
import dev.whippletree.settings.RouteSettings.TargetSettings
import dev.whippletree.time.VirtualTimeline
import java.time.Duration
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

internal class BuildersTest {

    @Test
    fun prompt_isThatOfTheBuilder_withKotlinsDurations() {
        val prompt = prompt {
            system("Be brief.")
            user("Hello")
            session("interview-7")
            deadline(2.minutes)
            callerTimeout(30.seconds)
            ttl(5.minutes)
        }

        val expected = Prompt.builder()
            .system("Be brief.")
            .user("Hello")
            .session("interview-7")
            .deadline(Duration.ofMinutes(2))
            .callerTimeout(Duration.ofSeconds(30))
            .ttl(Duration.ofMinutes(5))
            .build()
        assertThat(prompt).isEqualTo(expected)
        assertThat(prompt { user("Hello").firstPieceWithin(10.seconds) })
            .isEqualTo(Prompt.builder().user("Hello").firstPieceWithin(Duration.ofSeconds(10)).build())
    }

    @Test
    fun whippletree_hasItsAccountsAndRoutes() {
        val whippletree = whippletree {
            timeline(VirtualTimeline(1))
            provider(HeldProvider())
            account("a-1", "held") {
                token(Secret.of("secret-token"))
                limit("1000 requests / 1h")
            }
            account("a-2", "held", Secret.of("secret-token-2"))
            route("interviews") {
                tier(TargetSettings("a-1", "m"), TargetSettings("a-2", "m"))
                deadline(5.minutes)
                ttl(60.minutes)
            }
        }

        whippletree.use {
            val configuration = it.java.configuration()
            assertThat(configuration.accounts().map { account -> account.id() }).containsExactly("a-1", "a-2")
            assertThat(configuration.accounts()[0].limits().map { declared -> declared.limit() })
                .containsExactly(Limit.parse("1000 requests / 1h"))
            val route = configuration.routes().single()
            assertThat(route.name()).isEqualTo("interviews")
            assertThat(route.deadline()).contains(Duration.ofMinutes(5))
            assertThat(route.ttl()).contains(Duration.ofHours(1))
        }
    }

    @Test
    fun unknownProvider_isAConfigurationException() {
        assertThat(assertThrows<ConfigurationException> { whippletree { account("a-1", "nobody") { token("t") } } })
            .hasMessageContaining("nobody")
    }
}

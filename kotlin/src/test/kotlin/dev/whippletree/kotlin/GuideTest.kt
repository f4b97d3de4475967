package dev.whippletree.kotlin

import java.nio.file.Path
import kotlin.io.path.readText
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

/** docs/kotlin.md: its examples compile. */
internal class GuideTest {

    @Test
    fun eachExample_isCompiledInGuide() {
        val compiled = unindented(Path.of("src/test/kotlin/dev/whippletree/kotlin/Guide.kt").readText())
        val examples = Regex("(?ms)^```kotlin\n(.*?)^```$")
            .findAll(Path.of("../docs/kotlin.md").readText())
            .map { unindented(it.groupValues[1]) }
            .toList()

        assertThat(examples).hasSizeGreaterThan(4).allSatisfy { assertThat(compiled).contains(it) }
    }

    private fun unindented(code: String) = code.lines().joinToString("\n") { it.trim() }
}

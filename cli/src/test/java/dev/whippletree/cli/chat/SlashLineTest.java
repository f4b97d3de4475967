package dev.whippletree.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlashLineTest {

    @Test
    void word_andWhatIsBehindIt() {
        assertThat(SlashLine.of("/route  fast ")).contains(new SlashLine("/route", "fast"));
        assertThat(SlashLine.of("/save! a file.md")).contains(new SlashLine("/save!", "a file.md"));
        assertThat(SlashLine.of("/help")).contains(new SlashLine("/help", ""));
    }

    @Test
    void instructions_mayHaveSeveralLines() {
        assertThat(SlashLine.of("/system Be brief.\nBe kind."))
                .contains(new SlashLine("/system", "Be brief.\nBe kind."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/usr/bin/env", "// why", "/* why */", " /help", "/", "1/2", "/2 of it"})
    void pathsCommentsAndWhateverHasABlankBeforeIt_areMessages(String line) {
        assertThat(SlashLine.of(line)).isEmpty();
    }
}

package dev.whippletree.cli.embed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.ShellTest;
import dev.whippletree.model.Embedding;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmbedCommandTest extends ShellTest {

    @Test
    void eachLine_getsItsVector() throws IOException {
        shell.file("texts.txt", "\ufeffone\n\nthree\r\none\nsix");

        shell.withAccount().succeeds("embed", "texts.txt", "-v");

        assertThat(shell.out().lines())
                .containsExactly(
                        "{\"line\":1,\"embedding\":[3.0,0.5]}",
                        "{\"line\":3,\"embedding\":[5.0,0.5]}",
                        "{\"line\":4,\"embedding\":[3.0,0.5]}",
                        "{\"line\":5,\"embedding\":[3.0,0.5]}");
        assertThat(shell.err()).contains("4 vectors of scripted-model, 0 from caches, 2 calls, 36 tokens");
        assertThat(shell.provider.asked).extracting(Prompt::operation).containsOnly(Prompt.Operation.EMBEDDING);
    }

    @Test
    void pipedText_isEmbeddedWithTheOptionsOfTheUser() {
        shell.withAccount().input("Größe\n").succeeds("embed", "-", "--base64", "--dimensions", "2", "--tenant", "t");

        assertThat(shell.out().strip())
                .isEqualTo("{\"line\":1,\"embedding\":\"" + Embedding.encode(new float[] {5, 0.5f}) + "\"}");
        Prompt prompt = shell.provider.asked.get(0);
        assertThat(prompt.messages()).containsExactly(Message.user("Größe"));
        assertThat(prompt.parameters().extras()).containsEntry("dimensions", 2);
        assertThat(prompt.tenant()).isEqualTo("t");
    }

    @Test
    void moreTextsThanAreAskedForAtOnce_keepTheirNumbers_andAreToldOnce() {
        shell.file("texts.txt", "one\nthree\n".repeat(5_001));

        shell.withAccount().succeeds("embed", "texts.txt");

        List<String> told = shell.out().lines().toList();
        assertThat(told).hasSize(10_002);
        assertThat(told.get(10_000)).isEqualTo("{\"line\":10001,\"embedding\":[3.0,0.5]}");
        assertThat(told.get(10_001)).isEqualTo("{\"line\":10002,\"embedding\":[5.0,0.5]}");
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '~', textBlock = """
            nowhere.txt, there is no file 'nowhere.txt'
            texts.txt --route nowhere, there is no route 'nowhere'
            texts.txt --dimensions 0, --dimensions is 1 or more, not 0
            latin1, 'latin1' isn't text in UTF-8
            -, '-' isn't text in UTF-8
            """)
    void whatCannotBeEmbedded_isAMistake(String line, String message) throws IOException {
        byte[] latin1 = {'G', 'r', (byte) 0xf6, (byte) 0xdf, 'e'};
        Files.write(folder.resolve("latin1"), latin1);
        shell.file("texts.txt", "one");

        assertThat(shell.withAccount().input(latin1).run(("embed " + line).split(" ")))
                .isEqualTo(2);

        assertThat(shell.err()).contains(message).doesNotContain("\tat ");
        assertThat(shell.out()).isEmpty();
        assertThat(shell.provider.asked).isEmpty();
    }

    @Test
    void refusal_hasTheExitCodeOfOne() throws IOException {
        shell.file("texts.txt", "one");
        shell.provider.failure = Optional.of(Failure.of(FailureKind.REJECTED, "dimensions aren't supported"));

        assertThat(shell.withAccount().run("embed", "texts.txt", "--dimensions", "5"))
                .isEqualTo(4);

        assertThat(shell.err()).contains("dimensions aren't supported");
        assertThat(shell.out()).isEmpty();
    }
}

package dev.whippletree.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswersTest {

    @Test
    void linesOfAnAnswer_comeBack(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("answers.tsv"), "answer\t3\t1\t500000\t1500000\tsaid\ta\\tb\\r\\nc\\\\n");

        assertThat(Answers.read(folder).lines())
                .containsExactly(new Answers.Line(3, 1, 0.5, 1.5, true, "a\tb\r\nc\\n"));
    }

    @Test
    void driverThatWroteNothing_hasNoAnswers(@TempDir Path folder) throws IOException {
        assertThat(Answers.read(folder).lines()).isEmpty();
    }
}

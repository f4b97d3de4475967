package dev.whippletree.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PromptExceptionTest {

    /** As Spark does with what a task throws; the cause is whatever a provider has thrown. */
    @Test
    void serialized_withACauseThatIsnt_keepsWhatIsSaid() throws IOException, ClassNotFoundException {
        PromptException failure = new PromptException(
                PromptException.Reason.NO_ACCOUNT,
                "no account",
                List.of(),
                Optional.empty(),
                Optional.of(FailureKind.UNAVAILABLE),
                Duration.ofSeconds(1));
        failure.initCause(new IllegalStateException("broken") {
            private static final long serialVersionUID = 1;

            @SuppressWarnings("unused")
            private final Object connection = new Object();
        });

        PromptException read = sent(sent(failure));

        assertThat(read).hasMessage("no account").hasStackTraceContaining("PromptExceptionTest");
        assertThat(read.getCause()).hasMessageEndingWith(": broken").hasStackTraceContaining("PromptExceptionTest");
        assertThat(read.reason()).isEqualTo(PromptException.Reason.NO_ACCOUNT);
        assertThat(read.tried()).isEqualTo(Duration.ofSeconds(1));
        assertThat(read.attempts()).isEmpty();
        assertThat(read.kind()).isEmpty();
        assertThat(read.isRetryable()).isFalse();
    }

    @Test
    void serialized_withoutACause_hasNone() throws IOException, ClassNotFoundException {
        PromptException failure =
                new PromptException(PromptException.Reason.LINE_FULL, "full", List.of(), Optional.empty());

        PromptException read = sent(failure);

        assertThat(read).hasMessage("full").hasNoCause();
        assertThat(read.roomAt()).isEmpty();
    }

    private static PromptException sent(PromptException failure) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(failure);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (PromptException) in.readObject();
        }
    }
}

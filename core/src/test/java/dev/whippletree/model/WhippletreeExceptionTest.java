package dev.whippletree.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class WhippletreeExceptionTest {

    @Test
    void messageAndCause_areKept() {
        Exception cause = new IllegalStateException("underneath");
        assertThat(new WhippletreeException("above", cause) {})
                .hasMessage("above")
                .hasCause(cause);
    }
}

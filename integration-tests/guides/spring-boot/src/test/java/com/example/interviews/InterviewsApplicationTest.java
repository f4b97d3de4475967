package com.example.interviews;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.model.FailureKind;
import dev.whippletree.springboot.WhippletreeTest;
import dev.whippletree.test.FakeWhippletree;
import org.junit.jupiter.api.Test;
import org.springframework.ai.retry.TransientAiException;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest
@WhippletreeTest
class InterviewsApplicationTest {

    @Autowired
    private FakeWhippletree fake;

    @Autowired
    private InterviewController controller;

    @Test
    void question_isAnswered() {
        fake.answers(prompt -> "I am Ada.");

        assertThat(controller.ask("Who are you?")).isEqualTo("I am Ada.");
        assertThat(fake.asked()).isNotEmpty();
    }

    @Test
    void serviceIsDown_applicationTellsThatAskingAgainMayHelp() {
        fake.failing("weather", FailureKind.UNAVAILABLE);

        assertThatThrownBy(() -> controller.ask("How is the weather?")).isInstanceOf(TransientAiException.class);
    }
}

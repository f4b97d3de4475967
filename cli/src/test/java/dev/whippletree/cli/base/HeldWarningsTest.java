package dev.whippletree.cli.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.cli.logging.LogOutput;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class HeldWarningsTest {

    private static final Logger LOG = LoggerFactory.getLogger(HeldWarningsTest.class);

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final List<String> printed = new ArrayList<>();

    @BeforeEach
    void logWarningsOnly() {
        LogOutput.level(false, false);
    }

    @AfterEach
    void logToStandardError() {
        LogOutput.level(false, false);
        LogOutput.to(System.err::println);
    }

    private void fail(Reason reason) {
        assertThatThrownBy(() -> HeldWarnings.during(timeline, printed::add, () -> {
                    LOG.warn("account a is off");
                    throw new PromptException(reason, "no answer", List.of(), Optional.empty());
                }))
                .isInstanceOf(PromptException.class);
    }

    @Test
    void answer_warningsFollowIt() {
        String answer = HeldWarnings.during(timeline, printed::add, () -> {
            LOG.warn("account a is off");
            LOG.warn("the disk is full");
            return "fine";
        });
        assertThat(answer).isEqualTo("fine");
        assertThat(printed).containsExactly("warn: the disk is full", "warn: account a is off");
    }

    @Test
    void longWait_showsThemAfterASecond() {
        HeldWarnings.during(timeline, printed::add, () -> {
            LOG.warn("account a is off");
            timeline.advance(Duration.ofMillis(999));
            assertThat(printed).isEmpty();
            timeline.advance(Duration.ofMillis(1));
            assertThat(printed).containsExactly("warn: account a is off");
            return "";
        });
        assertThat(printed).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"NO_ACCOUNT", "ATTEMPTS_EXHAUSTED"})
    void errorThatNamesAllAccounts_dropsThem_alsoThoseThatComeLate_butNotForGood(Reason reason) {
        fail(reason);
        LOG.warn("account b is off");
        assertThat(printed).isEmpty();
        timeline.advance(Duration.ofSeconds(1));
        LOG.warn("account c is off");
        assertThat(printed).containsExactly("warn: account c is off");
    }

    @Test
    void anotherError_printsThem() {
        fail(Reason.DEADLINE);
        assertThat(printed).containsExactly("warn: account a is off");
    }

    @Test
    void verbose_holdsNothingBack() {
        LogOutput.to(printed::add);
        LogOutput.level(true, false);
        fail(Reason.NO_ACCOUNT);
        assertThat(printed).containsExactly("warn: account a is off");
    }
}

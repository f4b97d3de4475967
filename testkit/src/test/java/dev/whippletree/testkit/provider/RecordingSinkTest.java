package dev.whippletree.testkit.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import dev.whippletree.spi.AnswerEnd;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** A contract is worth no more than what it notices. */
final class RecordingSinkTest {

    private static final AnswerEnd END = new AnswerEnd(FinishReason.STOP, Optional.empty(), "M");
    private static final Failure FAILURE = Failure.of(FailureKind.UNAVAILABLE, "gone");
    private static final RateLimitReport REPORT = new RateLimitReport(
            Reach.MODEL,
            Limit.Unit.REQUESTS,
            OptionalLong.of(1),
            OptionalLong.of(1),
            Optional.empty(),
            RateLimitReport.Refill.AT_ONCE,
            Optional.empty());

    private final RecordingSink sink = new RecordingSink(true);

    @Test
    void rightOrder_isNoViolation() {
        sink.sent();
        sink.firstByte();
        sink.limits(List.of(REPORT));
        sink.limits(List.of(REPORT));
        sink.delta(new Delta.Text("a"));
        sink.delta(new Delta.Text("b"));
        sink.limits(List.of(REPORT));
        sink.failed(FAILURE);

        assertThat(sink.violations()).isEmpty();
        assertThat(sink.text()).isEqualTo("ab");
        assertThat(sink.reports()).hasSize(3);
        assertThat(sink.awaitFailure()).isEqualTo(FAILURE);
    }

    @Test
    void answer_isToldFromFailure() {
        sink.done(END);

        assertThat(sink.awaitDone()).isEqualTo(END);
        assertThatThrownBy(sink::awaitFailure)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("was answered");
    }

    @Test
    void failure_isToldFromAnswer() {
        sink.failed(FAILURE);

        assertThatThrownBy(sink::awaitDone).isInstanceOf(AssertionError.class).hasMessageContaining("gone");
    }

    @Test
    void secondEnd_isNoticed() {
        sink.done(END);
        sink.failed(FAILURE);

        assertThat(sink.violations()).containsExactly("END was told after the end");
    }

    @Test
    void wrongOrder_isNoticed() {
        sink.delta(new Delta.Text("a"));
        sink.sent();

        assertThat(sink.violations()).containsExactly("SENT was told too late, after [DELTA]");
    }

    @Test
    void progress_isNoticed_andLimitsAfterTheEndAreLate() {
        assertThat(sink.wasSent() || sink.sawFirstByte() || sink.isOver()).isFalse();
        sink.sent();
        assertThat(sink.wasSent()).isTrue();
        assertThat(sink.sawFirstByte()).isFalse();
        sink.staleConnection(true);
        assertThat(sink.wasSent()).isFalse();
        sink.sent();
        sink.firstByte();
        assertThat(sink.sawFirstByte()).isTrue();
        assertThat(sink.staleConnections()).isEqualTo(1);
        sink.done(END);
        assertThat(sink.isOver()).isTrue();
        sink.limits(List.of(REPORT));

        assertThat(sink.violations()).containsExactly("LIMITS was told after the end");
        assertThat(sink.deltas()).isEmpty();
    }

    @Test
    void firstByteAfterLimits_isLate() {
        sink.limits(List.of(REPORT));
        sink.firstByte();

        assertThat(sink.violations()).containsExactly("FIRST_BYTE was told too late, after [LIMITS]");
    }

    @Test
    void repeatedProgress_isNoticed() {
        sink.firstByte();
        sink.firstByte();

        assertThat(sink.violations()).containsExactly("FIRST_BYTE was told twice, after [FIRST_BYTE]");
    }

    @Test
    void anythingAfterCancelling_isNoticed() {
        sink.cancelled();
        sink.failed(FAILURE);

        assertThat(sink.violations()).containsExactly("END was told after the call was cancelled");
    }
}

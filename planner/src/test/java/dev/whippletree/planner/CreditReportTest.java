package dev.whippletree.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.PriceList;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.TokenPrice;
import dev.whippletree.planner.Outcome.CreditUse;
import dev.whippletree.planner.PlannedAccount.Target;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.time.VirtualTimeline;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a credit of 1 usd runs out of which a call takes a tenth. */
final class CreditReportTest {

    private static final LocalDate TODAY = LocalDate.of(2026, 11, 28);
    private static final AccountPool POOL = AccountPool.parse("huggingface:1x1000/h+1usd/month");
    private static final Target TARGET =
            PlannedAccount.of(POOL).get(0).targets().get(0);

    private static CreditUse use(BigDecimal million, int... callsOfMinutes) {
        TokenPrice price = new TokenPrice("huggingface", Configuration.DEFAULT_MODEL, million, million, "usd", TODAY);
        PlanRequest request = PlanRequest.of(List.of(1), POOL)
                .withPrices(new PriceList("prices.yaml", TODAY, 90, "usd", List.of(price)));
        VirtualTimeline timeline = new VirtualTimeline(1);
        Recorder recorder = new Recorder(timeline);
        for (int calls : callsOfMinutes) {
            recorder.call(TARGET, mock(AttemptSink.class)).failed(Failure.of(FailureKind.RATE_LIMITED, "no"));
            for (int call = 0; call < calls; call++) {
                recorder.call(TARGET, mock(AttemptSink.class));
            }
            timeline.advance(Duration.ofMinutes(1));
        }
        return new CreditReport(POOL, recorder, new Allowance(request)).uses().get(0);
    }

    /** The price of a million tokens; one call takes 500 of them. */
    @ParameterizedTest
    @CsvSource({"200, 5, 4, 5, 3", "200, 5, 5, 5, 2", "200, 10, 0, 0, 1", "200, 6, 5, 0, 2", "2001, 0, 0, 0, 1"})
    void creditRunsOut_inTheMinuteInWhichItIsUsedUp(String price, int first, int second, int third, int minute) {
        CreditUse use = use(new BigDecimal(price), first, second, third);
        assertThat(use.runsOutInMinute()).hasValue(minute);
        assertThat(use.share().orElseThrow()).isGreaterThanOrEqualTo(1);
    }
}

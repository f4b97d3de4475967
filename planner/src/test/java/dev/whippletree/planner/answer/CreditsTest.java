package dev.whippletree.planner.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.planner.AccountPool;
import dev.whippletree.planner.Outcome;
import dev.whippletree.planner.Plans;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CreditsTest {

    private final Outcome outcome =
            Plans.holding("huggingface-1").sizes().get(0).asIs();

    @Test
    void creditSmallerThanARun_runsOutInItsMinute() {
        Credits.Use use = credits(30)
                .of(AccountPool.parse("huggingface:2x1000/h+0.10usd/month"), outcome)
                .get(0);

        // 850 of 1,700 calls, so half of 0.221 usd; 0.10 of it is spent after 90.5 % of the calls.
        assertThat(use.costOfRun().orElseThrow()).isEqualByComparingTo("0.1105");
        assertThat(use.share().orElseThrow()).isBetween(1.104, 1.106);
        assertThat(use.lastRun()).hasValue(1);
        assertThat(use.minute()).hasValue(6);
    }

    @Test
    void creditForSomeRuns_runsOutInTheNext() {
        assertThat(sentence("huggingface:2x1000/h+1usd/month", 30))
                .isEqualTo(
                        "Each of huggingface-1 and huggingface-2 may spend 1 usd / month: a run takes 0.1105 usd; it runs"
                                + " out in run 10 of 30 a month, in its minute 1.");
    }

    @Test
    void creditForAllRuns_lasts() {
        assertThat(sentence("huggingface:2x1000/h+10usd/month", 30)).contains("33.2 % of it; it lasts.");
    }

    @Test
    void priceInAnotherCurrency_orNone_leavesItUnknown() {
        assertThat(sentence("huggingface:2x1000/h+1eur/month", 30))
                .contains("it can't be known when it runs out without a price in eur");
        Credits unpriced = new Credits(new Costs(Optional.empty(), 30, Plans.AS_OF));
        assertThat(unpriced.sentences(AccountPool.parse("huggingface:2x1000/h+1usd/month"), outcome))
                .singleElement()
                .asString()
                .contains("can't be known");
    }

    private String sentence(String accounts, int runs) {
        return credits(runs).sentences(AccountPool.parse(accounts), outcome).get(0);
    }

    private static Credits credits(int runs) {
        return new Credits(new Costs(Optional.of(Plans.prices()), runs, Plans.AS_OF));
    }
}

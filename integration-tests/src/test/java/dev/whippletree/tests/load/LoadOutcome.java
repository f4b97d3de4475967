package dev.whippletree.tests.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.AccountStats;
import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.stress.interviews.InterviewResults;

/**
 * What came of a case. Immutable.
 *
 * @param results what the interviewers got
 * @param status how the library stood at the end
 * @param stats what the service saw
 */
record LoadOutcome(InterviewResults results, StatusSnapshot status, ServiceStats stats) {

    /** Checks that everybody got the right answer, and that the library counts no other outcome. */
    LoadOutcome assertAllAnswered() {
        assertThat(results.errors()).isEmpty();
        assertThat(results.wrong()).isZero();
        assertThat(results.answered()).isEqualTo(results.prompts());
        assertThat(status.prompts().answered()).isEqualTo(results.prompts());
        assertThat(status.prompts().failed()).isZero();
        return this;
    }

    /** Checks that every answer of the service is one caller's, and that all others were spared a call. */
    LoadOutcome assertOneAnswerEach() {
        assertThat(stats.answered()
                        + status.prompts().fromCache()
                        + status.prompts().joined())
                .isEqualTo(results.prompts());
        return this;
    }

    /** Checks that no limit was exceeded, and that the service never had to say so. */
    LoadOutcome assertLimitsHeld() {
        assertThat(stats.rateLimited()).isZero();
        assertThat(stats.limits())
                .isNotEmpty()
                .allSatisfy(limit -> assertThat(limit.fullest()).isLessThanOrEqualTo(limit.amount()));
        return this;
    }

    /** Returns what became of an account's calls. */
    AccountStats account(String id) {
        return stats.accounts().stream()
                .filter(account -> account.account().equals(id))
                .findFirst()
                .orElseThrow();
    }
}

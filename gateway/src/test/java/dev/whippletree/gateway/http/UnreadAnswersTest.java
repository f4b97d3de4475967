package dev.whippletree.gateway.http;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UnreadAnswersTest {

    private static final long KB = 1_024;

    private final MemoryBudget memory = new MemoryBudget(1_000 * KB);
    private final UnreadAnswers answers = new UnreadAnswers(memory);
    private final List<Fake> all = new ArrayList<>();

    private final class Fake implements UnreadAnswers.Answer {

        private final MemoryBudget.Lease lease;
        private final UnreadAnswers.CountedAnswer counted;
        private long unread;
        private int asked;
        private int givenUp;

        Fake(String tenant) {
            this.lease = memory.open(tenant);
            this.counted = answers.count(lease, this);
            all.add(this);
        }

        Fake keeps(long kilobytes, long unreadOfThese) {
            unread = unreadOfThese * KB;
            counted.keeps(kilobytes * KB);
            return this;
        }

        @Override
        public long unread() {
            asked++;
            return unread;
        }

        @Override
        public void giveUp() {
            givenUp++;
            lease.end();
        }
    }

    @Test
    void whoHasTheMostUnread_isGivenUp_beforeAnotherOfTheClient_andNobodyElse() {
        Fake other = new Fake("carol").keeps(400, 400);
        Fake read = new Fake("alice").keeps(250, 1);
        Fake unread = new Fake("alice").keeps(200, 199);
        new Fake("alice").keeps(100, 50);
        assertThat(all).filteredOn(fake -> fake.givenUp > 0).containsExactly(unread);
        assertThat(memory.used("alice")).isEqualTo(350 * KB);
        assertThat(memory.used("carol")).isEqualTo(400 * KB);
        assertThat(other.givenUp + read.givenUp).isZero();
    }

    /** What has just come can't have been read yet. */
    @Test
    void whoseAnswerIsOnItsWay_isNotGivenUp_andCountsAllTheSame() {
        new Fake("alice").keeps(700, UnreadAnswers.ON_ITS_WAY_BYTES / KB);
        assertThat(all.get(0).givenUp).isZero();
        assertThat(answers.dropped()).isZero();
        assertThat(memory.used()).isEqualTo(700 * KB);
    }

    @Test
    void shareOfEachButMoreThanThereIs_endsTheLargestOfAll() {
        new Fake("alice").keeps(400, 100);
        Fake largest = new Fake("bob").keeps(400, 300);
        new Fake("carol").keeps(400, 200);
        assertThat(all).filteredOn(fake -> fake.givenUp > 0).containsExactly(largest);
        assertThat(answers.dropped()).isEqualTo(1);
    }

    @Test
    void whileNothingCanBeEnded_answersAreLookedAtRarely_andWhoStopsReadingIsGivenUpAllTheSame() {
        List<Fake> read =
                Stream.generate(() -> new Fake("").keeps(9, 1)).limit(100).toList();
        for (int kilobytes = 10; kilobytes < 30; kilobytes++) {
            for (Fake fake : read) {
                fake.keeps(kilobytes, 1);
            }
        }
        assertThat(all.stream().mapToInt(fake -> fake.asked).sum()).isBetween(2_000, 4_100);

        Fake unread = read.get(42);
        unread.keeps(200, 100);
        read.forEach(fake -> fake.keeps(30, fake.unread / KB));
        assertThat(all).filteredOn(fake -> fake.givenUp > 0).containsExactly(unread);
    }

    @Test
    void promptsThatWait_delayNoLook() {
        memory.open("").take(900 * KB);
        List<Fake> waiting = Stream.generate(() -> new Fake("")).limit(1_000).toList();
        Fake unread = new Fake("").keeps(200, 50);
        unread.keeps(300, 100);
        unread.keeps(400, 100);
        assertThat(all).filteredOn(fake -> fake.givenUp > 0).containsExactly(unread);
        assertThat(waiting.stream().mapToInt(fake -> fake.asked)).containsOnly(0);
    }

    @Test
    void answerThatHasEnded_isNotCountedAgain() {
        Fake ended = new Fake("").keeps(100, 100);
        ended.counted.end();
        ended.keeps(5_000, 100);
        assertThat(memory.used()).isZero();
        assertThat(ended.givenUp).isZero();
    }

    /** While everybody leaves more unread than is on its way, nobody holds more than there is. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverGrows_staysWithinTheMemory_andEachIsGivenUpOnce(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> tenants = random.nextBoolean() ? List.of("") : List.of("a", "b", "c");
        Map<Fake, Long> kept = new HashMap<>();
        for (int step = 0; step < 5_000; step++) {
            if (kept.isEmpty() || random.nextInt(6) == 0) {
                kept.put(new Fake(tenants.get(random.nextInt(tenants.size()))), 0L);
            }
            List<Fake> open = kept.keySet().stream()
                    .sorted(Comparator.comparingInt(all::indexOf))
                    .toList();
            Fake fake = open.get(random.nextInt(open.size()));
            if (random.nextInt(8) == 0) {
                fake.counted.end();
                kept.remove(fake);
            } else {
                long kilobytes = requireNonNull(kept.get(fake)) + random.nextInt(200);
                kept.put(fake, kilobytes);
                fake.keeps(kilobytes, 1 + UnreadAnswers.ON_ITS_WAY_BYTES / KB + random.nextLong(1 + kilobytes));
            }
            kept.keySet().removeIf(other -> other.givenUp > 0);
            String as = "seed " + seed + " step " + step;
            assertThat(memory.used()).as(as).isLessThanOrEqualTo(1_000 * KB);
            assertThat(memory.used())
                    .as(as)
                    .isEqualTo(KB
                            * kept.values().stream().mapToLong(Long::longValue).sum());
            for (String tenant : tenants) {
                assertThat(memory.used(tenant)).as(as).isLessThanOrEqualTo(memory.mostOf(tenant));
            }
        }
        assertThat(all).allMatch(fake -> fake.givenUp <= 1).anyMatch(fake -> fake.givenUp == 1);
    }
}

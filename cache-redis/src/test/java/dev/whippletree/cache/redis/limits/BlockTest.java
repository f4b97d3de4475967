package dev.whippletree.cache.redis.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.redis.contact.CoordinationCommands.BlockEntry;
import dev.whippletree.cache.redis.contact.CoordinationCommands.BlockReply;
import dev.whippletree.cache.redis.contact.LimitName;
import dev.whippletree.model.Limit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;
    private static final LimitName NAME = new LimitName(Optional.empty(), "requests");
    private static final Duration LEASE = Duration.ofSeconds(150);

    /** When a process that looked at 0 may go by its share alone. */
    private static final long ALONE = MINUTE + LastLook.APART_NANOS;

    private final Block block = new Block(Limit.requests(100, Duration.ofMinutes(1)));

    private void answer(long more, long left, long held, long atNanos) {
        block.answered(new BlockReply(more, left, held, 0, 0), true, atNanos, LEASE);
    }

    private BlockEntry entry(long nowNanos) {
        block.tell(1, nowNanos);
        return block.state(NAME, false, nowNanos);
    }

    @Test
    void entry_holdsWhatIsInFlight_free_andNotTold() {
        block.startGranted(4, SECOND);
        block.startGranted(5, SECOND);
        block.startGranted(2, SECOND);
        answer(3, 80, 14, SECOND);
        block.end(2, 2, SECOND);

        assertThat(block.state(NAME, false, SECOND))
                .isEqualTo(new BlockEntry(NAME, 100, Duration.ofMinutes(1), 14, 3, 8, 2, 0));
        block.end(4, 1, SECOND);
        assertThat(entry(SECOND).held()).isEqualTo(8);
    }

    @Test
    void freePart_isStartedWithoutAsking_andHeldAllTheSame() {
        block.startGranted(1, SECOND);
        block.startGranted(1, SECOND);
        answer(2, 90, 4, SECOND);
        assertThat(block.hasFree(3)).isFalse();
        assertThat(block.hasFree(2)).isTrue();

        block.startFree(2, SECOND);

        assertThat(block.hasFree(1)).isFalse();
        assertThat(block.hasFree(0)).isTrue();
        assertThat(entry(SECOND)).extracting(BlockEntry::held, BlockEntry::free).containsExactly(4L, 0L);
    }

    /** As much as was started within the last two seconds, or the last one. */
    @Test
    void wanted_isTheUseOfALittleTime_andNothingForWhoStartsOneAtATime() {
        block.startGranted(7, SECOND);
        answer(0, 90, 7, SECOND);
        assertThat(entry(SECOND).wanted()).as("a single start").isZero();
        block.startGranted(3, SECOND + SECOND / 4);
        assertThat(entry(SECOND + SECOND / 4).wanted()).isEqualTo(10);
        answer(4, 80, 14, SECOND + SECOND / 4);
        assertThat(entry(SECOND + SECOND / 4).wanted()).as("four are there").isEqualTo(6);
        assertThat(entry(10 * SECOND))
                .as("nothing was started lately, and the free part is given back")
                .extracting(BlockEntry::held, BlockEntry::free, BlockEntry::wanted)
                .containsExactly(10L, 0L, 0L);
    }

    /** A tenth of the limit is ten. */
    @ParameterizedTest
    @CsvSource({"10, 4, 6", "9, 0, 0"})
    void nearExhaustion_nothingStaysFree_andNothingIsWanted(long left, long free, long wanted) {
        block.startGranted(5, SECOND);
        block.startGranted(5, SECOND);
        answer(4, left, 14, SECOND);

        assertThat(entry(SECOND))
                .extracting(BlockEntry::free, BlockEntry::wanted)
                .containsExactly(free, wanted);
    }

    /** Three that each rounded up would use 12 of 10. */
    @Test
    void amountThatCannotBeSharedEvenly_isSharedBelow() {
        Block ten = new Block(Limit.requests(10, Duration.ofHours(1)));
        assertThat(ten.waitNanos(3, 3, 0)).isZero();
        assertThat(ten.waitNanos(4, 3, 0)).isPositive();
    }

    /** After the reported wait, the use has left: who comes back then isn't sent away once more. */
    @Test
    void use_leavesAtTheVeryMomentThatIsTold() {
        OwnUses uses = new OwnUses();
        uses.add(0, 5, 1_024);
        assertThat(uses.waitNanos(5, 0, 1_024)).isEqualTo(1_025);
        assertThat(uses.sum(1_024, 1_024)).isEqualTo(5);
        assertThat(uses.sum(1_025, 1_024)).isZero();
    }

    @Test
    void usesOfOneSlot_areToldAsOne_withTheDateOfTheLatest_untilTheyHaveLeft() {
        OwnUses uses = new OwnUses();
        uses.add(100, 1, 1_024_000);
        uses.add(900, 2, 1_024_000);
        uses.add(300, 4, 1_024_000);

        assertThat(uses.all(900, 1_024_000)).containsExactly(new OwnUses.Dated(900, 7));
        assertThat(uses.sumBetween(999, 1_000)).isEqualTo(7);
        assertThat(uses.sumBetween(1_000, 1_001)).isZero();
        assertThat(uses.all(1_025_000, 1_024_000)).isEmpty();
    }

    @Test
    void nobodyKnowsHowMany_grantsTheAmount() {
        assertThat(block.waitNanos(100, 0, 0)).isZero();
    }

    @Test
    void answered_grantsAPartOfWhatWasLeftUntilTwoWindowsHavePassed() {
        answer(0, 40, 0, 0);
        block.start(8, 0);

        for (long atNanos : List.of(SECOND, MINUTE, ALONE - 1)) {
            assertThat(block.waitNanos(2, 4, atNanos)).isZero();
            assertThat(block.waitNanos(3, 4, atNanos)).isEqualTo(MINUTE);
        }
        assertThat(block.waitNanos(17, 4, ALONE)).isZero();
        assertThat(block.waitNanos(18, 4, ALONE)).isPositive();
    }

    /** It had 12 of 100 when it last asked, and a quarter of 40 were left for it: so 22 at any time, and then 25. */
    @Test
    void cutOff_goesOnAsBefore() {
        block.startGranted(12, 0);
        block.end(12, 12, 0);
        entry(10 * SECOND);
        answer(0, 40, 0, 10 * SECOND);
        block.start(10, 11 * SECOND);
        block.end(10, 10, 11 * SECOND);

        assertThat(block.waitNanos(1, 4, 20 * SECOND)).isBetween(40 * SECOND, 41 * SECOND);
        long left = MINUTE + SECOND;
        assertThat(block.waitNanos(12, 4, left)).as("what has left").isZero();
        assertThat(block.waitNanos(13, 4, left)).isPositive();
        assertThat(block.waitNanos(22, 4, MINUTE + 12 * SECOND)).isZero();
        assertThat(block.waitNanos(23, 4, MINUTE + 12 * SECOND))
                .as("others may have had more than a quarter")
                .isPositive();
        assertThat(block.waitNanos(23, 4, ALONE + 10 * SECOND - 1))
                .as("and others may have looked a little later")
                .isPositive();
        assertThat(block.waitNanos(25, 4, ALONE + 10 * SECOND)).isZero();
        assertThat(block.waitNanos(26, 4, ALONE + 10 * SECOND)).isPositive();
    }

    /**
     * Of ten that leave two seconds after it looked. If nobody answers one second later, nobody has used them; what
     * leaves until then, others may have been granted.
     */
    @ParameterizedTest
    @CsvSource({"61, false, 10", "61, true, 0", "63, false, 0"})
    void whatLeavesOnceContactIsLost_isItsOwn(long sentSecond, boolean again, long most) {
        block.startGranted(10, 0);
        block.end(10, 10, 2 * SECOND);
        entry(MINUTE);
        answer(0, 0, 0, MINUTE);
        block.tell(1, sentSecond * SECOND);
        block.state(NAME, again, sentSecond * SECOND);

        assertThat(block.waitNanos(most + 1, 4, MINUTE + 10 * SECOND)).isPositive();
        assertThat(block.waitNanos(most, 4, MINUTE + 10 * SECOND)).isZero();
    }

    /** Others have yet to enter what they used. */
    @Test
    void whatIsLeftRightAfterAnOutage_isNotGoneBy() {
        block.startGranted(10, 0);
        entry(10 * SECOND);
        answer(0, 40, 10, 10 * SECOND);
        block.state(NAME, true, 12 * SECOND);
        block.answered(new BlockReply(0, 90, 10, 0, 0), false, 12 * SECOND, LEASE);

        assertThat(block.waitNanos(10, 4, 12 * SECOND)).isZero();
        assertThat(block.waitNanos(11, 4, 12 * SECOND)).isPositive();
    }

    @Test
    void nothingIsWantedRightAfterAnOutage() {
        block.start(1, SECOND);
        block.start(1, SECOND);

        assertThat(block.state(NAME, true, SECOND).wanted()).isZero();
        assertThat(block.state(NAME, false, SECOND).wanted()).isEqualTo(2);
    }

    /** What is granted while a trade is under way isn't in what that says is left. */
    @Test
    void whatWasGrantedAlone_countsUntilATradeHasToldIt() {
        answer(0, 40, 0, SECOND);
        block.start(5, SECOND);
        assertThat(block.waitNanos(6, 4, SECOND)).isPositive();
        assertThat(entry(2 * SECOND).held()).isEqualTo(5);
        block.start(2, 2 * SECOND);
        answer(0, 35, 5, 2 * SECOND);

        assertThat(block.waitNanos(6, 4, 3 * SECOND)).isZero();
        assertThat(block.waitNanos(7, 4, 3 * SECOND)).isPositive();
    }

    /** What was granted in the 2.5 seconds before, or in those before these. */
    @ParameterizedTest
    @CsvSource({"0, 0", "2499, 0", "2500, 0", "4999, 0", "5000, 7"})
    void whatOthersMayNotKnowOf_isTakenOffOwnPart(long millisAfter, long part) {
        long asked = 100 * SECOND + millisAfter * 1_000_000;
        block.startGranted(10, 100 * SECOND);
        answer(0, 30, 10, asked);

        assertThat(block.waitNanos(part, 4, asked + SECOND)).isZero();
        assertThat(block.waitNanos(part + 1, 4, asked + SECOND)).isPositive();
    }

    /** One may hold the 40, and three make up together for the 15 above its share. */
    @Test
    void afterAWindow_whatOthersHeldCountsUntilItHasLeft() {
        block.startGranted(1, 0);
        block.end(1, 1, 0);
        answer(0, 10, 41, 0);

        assertThat(block.waitNanos(20, 4, ALONE)).isZero();
        assertThat(block.waitNanos(21, 4, ALONE)).isPositive();
        assertThat(block.waitNanos(20, 4, LEASE.toNanos() + MINUTE - 1)).isZero();
        assertThat(block.waitNanos(21, 4, LEASE.toNanos() + MINUTE - 1)).isPositive();
        assertThat(block.waitNanos(25, 4, LEASE.toNanos() + MINUTE)).isZero();
        assertThat(block.waitNanos(26, 4, LEASE.toNanos() + MINUTE)).isPositive();
    }

    /** Processes have looked at different moments, so what each saw of the others' blocks differs. */
    @ParameterizedTest
    @CsvSource({"0, 25", "25, 25", "26, 24", "28, 24", "29, 23", "100, 0"})
    void blocksBelowAShare_takeNothingOffIt(long heldByOthers, long share) {
        answer(0, 10, heldByOthers, 0);

        assertThat(block.waitNanos(share, 4, ALONE)).isZero();
        assertThat(block.waitNanos(share + 1, 4, ALONE)).isPositive();
    }

    /** It had 40 of 100. Others may be granted what leaves, if this process alone is cut off. */
    @Test
    void whoHadMoreThanAShare_startsNothing_untilItHasLess() {
        block.startGranted(40, 0);
        block.end(40, 40, 10 * SECOND);
        entry(20 * SECOND);
        answer(0, 60, 0, 20 * SECOND);

        assertThat(block.waitNanos(1, 4, 69 * SECOND)).isPositive();
        assertThat(block.waitNanos(25, 4, 71 * SECOND)).isZero();
        assertThat(block.waitNanos(26, 4, 71 * SECOND)).isPositive();
    }

    @Test
    void whatWasSeenLater_counts_andEarlierDoesNot() {
        answer(0, 40, 0, 10 * SECOND);
        block.seen(100, 9 * SECOND);
        assertThat(block.waitNanos(11, 4, 11 * SECOND)).isPositive();
        block.seen(80, 12 * SECOND);
        assertThat(block.waitNanos(20, 4, 13 * SECOND)).isZero();
        assertThat(block.waitNanos(21, 4, 13 * SECOND)).isPositive();
    }

    @Test
    void whatWasSeen_isWithoutWhatEndsLater() {
        block.start(10, 11 * SECOND);
        block.end(10, 10, 13 * SECOND);
        block.seen(80, 12 * SECOND);

        assertThat(block.waitNanos(10, 4, 13 * SECOND)).isZero();
        assertThat(block.waitNanos(11, 4, 13 * SECOND)).isPositive();
    }

    @Test
    void whatWasSeenLater_leavesWhatOthersHeld() {
        answer(0, 10, 40, 0);
        block.seen(10, SECOND);

        assertThat(block.waitNanos(20, 4, ALONE + SECOND)).isZero();
        assertThat(block.waitNanos(21, 4, ALONE + SECOND)).isPositive();
    }

    /** Of its uses, none stays for as long as looks are apart. */
    @Test
    void briefWindow_isSharedToo() {
        Block brief = new Block(Limit.requests(10, Duration.ofSeconds(1)));
        brief.start(4, 0);
        brief.end(4, 4, 0);
        brief.seen(8, 1);

        assertThat(brief.waitNanos(4, 1, 1)).isZero();
        assertThat(brief.waitNanos(5, 1, 1)).isPositive();
    }

    @Test
    void limitThatNobodyUses_isIdle_onceAWindowHasPassed() {
        block.touch(block.limit(), 0);
        assertThat(block.isIdle(MINUTE)).isFalse();
        assertThat(block.isIdle(MINUTE + 1)).isTrue();
        block.startGranted(1, MINUTE);
        assertThat(block.isIdle(5 * MINUTE)).isFalse();
        block.end(1, 1, 5 * MINUTE);
        assertThat(block.isIdle(6 * MINUTE)).isFalse();
        assertThat(block.isIdle(6 * MINUTE + SECOND)).isTrue();
        answer(1, 9, 1, 6 * MINUTE);
        assertThat(block.isIdle(6 * MINUTE + SECOND)).as("it has a free part").isFalse();
        block.loseFree();
        assertThat(block.isIdle(6 * MINUTE + SECOND)).as("nobody was told").isFalse();
        entry(6 * MINUTE + SECOND);
        assertThat(block.isIdle(6 * MINUTE + SECOND)).as("nor has heard it").isFalse();
        answer(0, 9, 0, 6 * MINUTE + SECOND);
        assertThat(block.isIdle(6 * MINUTE + SECOND)).isTrue();
    }

    /** Otherwise it would count there until its lease is over. */
    @Test
    void limitThatEndedAfterItWasTold_isNotIdle_untilOthersHaveHeardOfIt() {
        block.startGranted(1, 0);
        entry(2 * MINUTE);
        block.end(1, 0, 2 * MINUTE);
        answer(0, 99, 1, 2 * MINUTE);
        assertThat(block.isIdle(2 * MINUTE)).isFalse();
        entry(2 * MINUTE);
        answer(0, 100, 0, 2 * MINUTE);
        assertThat(block.isIdle(2 * MINUTE)).isTrue();
    }

    /** The process has 20 in flight and 5 free. */
    @Test
    void cutOff_freePartIsItsOwn_andNeverMoreThanTheAmount() {
        block.startGranted(20, 0);
        answer(5, 10, 25, 0);
        block.end(20, 0, SECOND);

        assertThat(block.waitNanos(20, 4, MINUTE)).as("five are free").isZero();
        assertThat(block.waitNanos(21, 4, MINUTE)).isPositive();
        assertThat(block.leftAlone(4, MINUTE)).isEqualTo(25);
        block.loseFree();
        assertThat(block.waitNanos(25, 4, MINUTE)).isZero();
        assertThat(block.waitNanos(26, 4, MINUTE)).isPositive();
        assertThat(block.waitNanos(25, 4, ALONE)).isZero();
        assertThat(block.waitNanos(26, 4, ALONE)).isPositive();
        block.touch(Limit.requests(22, Duration.ofMinutes(1)), ALONE);
        assertThat(block.waitNanos(22, 1, ALONE)).isZero();
        assertThat(block.waitNanos(23, 1, ALONE))
                .as("of a limit that has become smaller")
                .isPositive();
    }

    @Test
    void whatIsFree_isGotOfRedis_asMuchAsWhatIsGranted() {
        answer(10, 90, 10, 100 * SECOND);
        answer(0, 90, 10, 101 * SECOND);
        block.loseFree();

        assertThat(block.waitNanos(15, 4, 102 * SECOND)).isZero();
        assertThat(block.waitNanos(16, 4, 102 * SECOND)).isPositive();
    }

    @Test
    void entry_saysWhatHasEndedWithinTheWindow_andAsksForMoreOnTopOfWhatIsFree() {
        assertThat(entry(0).wanted()).isZero();
        block.start(7, SECOND);
        block.start(1, SECOND);
        assertThat(entry(SECOND).wanted()).as("before it was ever answered").isEqualTo(8);
        block.end(7, 6, 2 * SECOND);
        answer(1, 90, 2, SECOND);
        answer(2, 90, 4, SECOND);

        assertThat(entry(2 * SECOND))
                .extracting(BlockEntry::used, BlockEntry::held, BlockEntry::free, BlockEntry::wanted)
                .containsExactly(6L, 4L, 3L, 5L);
    }

    /** A slot is 59 ms wide. */
    @Test
    void usesThatAreLost_areToldAgain_andNoMoreThanASlotOfOthers() {
        long number = 0;
        for (long atNanos = 0; atNanos < 2 * MINUTE; atNanos += SECOND / 100) {
            block.end(0, 1, atNanos);
            block.tell(++number, atNanos);
            block.told(number, Duration.ofMinutes(1), atNanos);
        }

        block.tellAgain(number - 100, number + 1, 2 * MINUTE);

        assertThat(block.unanswered().stream().mapToLong(OwnUses.Dated::amount).sum())
                .isBetween(100L, 106L);
        assertThat(block.unanswered()).allMatch(use -> use.atNanos() > 2 * MINUTE - SECOND - SECOND / 10);
        block.tellAgain(0, number + 2, 3 * MINUTE - SECOND / 2);
        assertThat(block.unanswered().stream().mapToLong(OwnUses.Dated::amount).sum())
                .as("what is in the window")
                .isBetween(49L, 56L);
    }

    /** As after a time without Redis: a window is told under one number, and more in its last slot under the next. */
    @Test
    void usesThatAreLost_areToldAgain_withoutWhatWasToldTogetherWithOthersOfTheirSlot() {
        for (long atNanos = 0; atNanos < MINUTE; atNanos += SECOND) {
            block.end(0, 1, atNanos);
        }
        block.tell(1, MINUTE);
        block.end(0, 1, 59 * SECOND + 1);
        block.tell(2, MINUTE);

        block.tellAgain(1, 3, MINUTE);

        assertThat(block.unanswered().stream().mapToLong(OwnUses.Dated::amount).sum())
                .isEqualTo(2);
        block.tellAgain(0, 4, MINUTE);
        assertThat(block.unanswered().stream().mapToLong(OwnUses.Dated::amount).sum())
                .as("nothing is lost here")
                .isEqualTo(61);
    }

    @Test
    void nothingLeft_waitsForTheWindow_andNothingNeeded_fits() {
        answer(0, 0, 0, 0);

        assertThat(block.waitNanos(1, 2, SECOND)).isEqualTo(MINUTE);
        assertThat(block.waitNanos(0, 2, SECOND)).isZero();
    }

    @Test
    void overused_isAsIfNothingWereLeft() {
        answer(0, -50, 0, 0);

        assertThat(block.waitNanos(1, 1, 0)).isPositive();
    }
}

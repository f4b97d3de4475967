package dev.whippletree.testkit.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import dev.whippletree.spi.TargetView;
import dev.whippletree.testkit.Contracts;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The contract finds what it is there to find, and lets pass what is merely simple. */
class BalancingStrategyContractTest {

    @Test
    void lots_keepTheContract() {
        assertThat(Contracts.failuresOf(Lots.class)).isEmpty();
    }

    @Test
    void pickerOutOfRange_isFound() {
        assertThat(Contracts.failuresOf(OneTooFar.class))
                .contains("anyReadyList_isPickedFromWithinItsRange", "singleReadyTarget_isPicked");
    }

    @Test
    void pickerThatAlwaysTakesTheFirst_isFound() {
        assertThat(Contracts.failuresOf(FirstOnly.class))
                .containsExactlyInAnyOrder(
                        "weights_areRespected", "targetThatComesBack_isPickedAgain", "newTarget_isPickedToo");
    }

    @Test
    void pickerThatForgetsWhoWasAway_isFound() {
        assertThat(Contracts.failuresOf(Unforgiving.class)).contains("targetThatComesBack_isPickedAgain");
    }

    @Test
    void pickerThatIgnoresItsSeed_isFound() {
        assertThat(Contracts.failuresOf(Unrepeatable.class)).contains("sameSeed_picksTheSame");
    }

    @Test
    void kindWithSharedState_isFound() {
        assertThat(Contracts.failuresOf(Shared.class)).contains("anotherPickersTraffic_changesNothing");
    }

    @Test
    void pickerThatOnlyKnowsWhatItPicked_isFound() {
        assertThat(Contracts.failuresOf(SurprisedByEnds.class)).contains("endOfAnUnknownTarget_isHarmless");
    }

    static final class Lots extends Contract {
        @Override
        protected BalancingStrategy strategy() {
            return new Strategy(random -> (ready, now) -> random.nextInt(ready.size()));
        }

        @Override
        protected boolean respectsWeights() {
            return false;
        }
    }

    static final class OneTooFar extends Contract {
        @Override
        protected BalancingStrategy strategy() {
            return new Strategy(random -> (ready, now) -> random.nextInt(ready.size()) + 1);
        }
    }

    static final class FirstOnly extends Contract {
        @Override
        protected BalancingStrategy strategy() {
            return new Strategy(random -> (ready, now) -> 0);
        }
    }

    static final class Unforgiving extends Contract {
        @Override
        protected BalancingStrategy strategy() {
            return new Strategy(random -> {
                Set<String> seen = new HashSet<>();
                Set<String> gone = new HashSet<>();
                return (ready, now) -> {
                    List<String> ids = ready.stream().map(TargetView::id).toList();
                    seen.stream().filter(id -> !ids.contains(id)).forEach(gone::add);
                    seen.addAll(ids);
                    List<String> left =
                            ids.stream().filter(id -> !gone.contains(id)).toList();
                    return left.isEmpty() ? 0 : ids.indexOf(left.get(random.nextInt(left.size())));
                };
            });
        }
    }

    static final class Unrepeatable extends Contract {

        private final RandomGenerator own = new SplittableRandom(1);

        @Override
        protected BalancingStrategy strategy() {
            return new Strategy(random -> (ready, now) -> own.nextInt(ready.size()));
        }
    }

    static final class Shared extends Contract {
        @Override
        protected BalancingStrategy strategy() {
            int[] turn = {0};
            return new Strategy(random -> (ready, now) -> turn[0]++ % ready.size());
        }
    }

    static final class SurprisedByEnds extends Contract {
        @Override
        protected BalancingStrategy strategy() {
            return new Strategy(random -> new Picker() {
                private final Map<String, Integer> inFlight = new HashMap<>();

                @Override
                public int pick(List<TargetView> ready, long nowNanos) {
                    inFlight.merge(ready.get(0).id(), 1, Integer::sum);
                    return 0;
                }

                @Override
                public void ended(String target, Outcome outcome, long latencyNanos, long nowNanos) {
                    if (!inFlight.containsKey(target)) {
                        throw new IllegalStateException("never picked: " + target);
                    }
                }
            });
        }
    }

    private abstract static class Contract extends BalancingStrategyContract {
        @Override
        protected boolean respectsWeights() {
            return true;
        }
    }

    /** A strategy that opens the pickers it is given. */
    public static final class Strategy implements BalancingStrategy {

        private final Function<RandomGenerator, Picker> opener;

        /** Only so that the form is right. */
        public Strategy() {
            this(random -> (ready, now) -> 0);
        }

        Strategy(Function<RandomGenerator, Picker> opener) {
            this.opener = opener;
        }

        @Override
        public String name() {
            return "scripted";
        }

        @Override
        public Set<SettingKey> settings() {
            return Set.of();
        }

        @Override
        public Picker open(Settings settings, RandomGenerator random) {
            return opener.apply(random);
        }
    }
}

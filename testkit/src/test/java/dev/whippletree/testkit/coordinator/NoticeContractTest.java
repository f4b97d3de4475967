package dev.whippletree.testkit.coordinator;

import dev.whippletree.model.Scope;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.CoordinationListener;
import dev.whippletree.spi.ScopeClosing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;

/** The contract's part about closed scopes. */
@Tag("slow")
class NoticeContractTest extends FaultFinding {

    NoticeContractTest() {
        super(NoticeContract.class);
    }

    @Override
    Stream<Fault> faults() {
        return Stream.of(
                Fault.of(
                        LettingAllProbe.class,
                        "oneOfManyAtOnce_isToProbe",
                        "scopes_areProbedApart",
                        "probe_goesToOneAgainAfterItsLease"),
                Fault.of(
                        ProbingOnce.class,
                        "probe_goesToOneAgainAfterItsLease",
                        "probe_goesToOneAgainAfterItsResultIsTold"),
                Fault.of(ProbingOrganizations.class, "scopes_areProbedApart"),
                Fault.of(
                        TellingNobody.class,
                        "closing_isHeardByAllOthersAndWhole",
                        "organizationsClosing_isNotItsModels",
                        "reopening_isHeardByAllOthers",
                        "lateStarter_hearsWhatStillHolds"),
                Fault.of(HearingItself.class, "closing_isHeardByAllOthersAndWhole", "reopening_isHeardByAllOthers"),
                Fault.of(TellingHalf.class, "closing_isHeardByAllOthersAndWhole"),
                Fault.of(ClosingModelsToo.class, "organizationsClosing_isNotItsModels"),
                Fault.of(TellingOnce.class, "lateStarter_hearsWhatStillHolds", "laterEnd_counts"),
                Fault.of(RememberingTooLong.class, "lateStarter_doesNotHearWhatWasReopenedOrIsOver"),
                Fault.of(KeepingTheLast.class, "laterEnd_counts"),
                Fault.of(GivingUpOnListeners.class, "listenerThatThrows_harmsNobody"),
                Fault.of(TellingAllAtOnce.class, "notices_comeOneAtATime"));
    }

    static final class LettingAllProbe extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public CompletionStage<Boolean> claimProbe(Scope scope, Duration lease) {
                    return CompletableFuture.completedFuture(true);
                }
            };
        }
    }

    static final class ProbingOnce extends BrokenContract {

        private final Set<Scope> probed = ConcurrentHashMap.newKeySet();

        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public CompletionStage<Boolean> claimProbe(Scope scope, Duration lease) {
                    return CompletableFuture.completedFuture(probed.add(scope));
                }
            };
        }
    }

    static final class ProbingOrganizations extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public CompletionStage<Boolean> claimProbe(Scope scope, Duration lease) {
                    return super.claimProbe(Scope.of(scope.organization()), lease);
                }
            };
        }
    }

    static final class TellingNobody extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public void closed(ScopeClosing closing) {}

                @Override
                public void reopened(Scope scope) {}
            };
        }
    }

    static final class HearingItself extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                private CoordinationListener listener = new RecordingListener();

                @Override
                public void listen(CoordinationListener listener) {
                    this.listener = listener;
                    super.listen(listener);
                }

                @Override
                public void closed(ScopeClosing closing) {
                    listener.closed(closing);
                    super.closed(closing);
                }

                @Override
                public void reopened(Scope scope) {
                    listener.reopened(scope);
                    super.reopened(scope);
                }
            };
        }
    }

    static final class TellingHalf extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public void closed(ScopeClosing closing) {
                    super.closed(new ScopeClosing(closing.scope(), closing.remaining(), closing.endKnown(), ""));
                }
            };
        }
    }

    static final class ClosingModelsToo extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public void closed(ScopeClosing closing) {
                    super.closed(new ScopeClosing(MODEL, closing.remaining(), closing.endKnown(), closing.reason()));
                    super.closed(closing);
                }
            };
        }
    }

    static final class TellingOnce extends BrokenContract {

        private final List<CoordinationListener> listeners = new CopyOnWriteArrayList<>();

        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public void listen(CoordinationListener listener) {
                    listeners.add(listener);
                }

                @Override
                public void closed(ScopeClosing closing) {
                    listeners.forEach(listener -> listener.closed(closing));
                }
            };
        }
    }

    static final class RememberingTooLong extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public void closed(ScopeClosing closing) {
                    super.closed(new ScopeClosing(closing.scope(), HOUR, closing.endKnown(), closing.reason()));
                }

                @Override
                public void reopened(Scope scope) {}
            };
        }
    }

    static final class KeepingTheLast extends BrokenContract {

        private final Map<Scope, ScopeClosing> last = new ConcurrentHashMap<>();

        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public void closed(ScopeClosing closing) {
                    last.put(closing.scope(), closing);
                    super.closed(closing);
                }

                @Override
                public void listen(CoordinationListener listener) {
                    super.listen(new ChangedListener(listener) {
                        @Override
                        public void closed(ScopeClosing closing) {
                            super.closed(last.getOrDefault(closing.scope(), closing));
                        }
                    });
                }
            };
        }
    }

    static final class GivingUpOnListeners extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public void listen(CoordinationListener listener) {
                    super.listen(new ChangedListener(listener) {
                        private boolean failed;

                        @Override
                        public void closed(ScopeClosing closing) {
                            if (!failed) {
                                failed = true;
                                super.closed(closing);
                                failed = false;
                            }
                        }
                    });
                }
            };
        }
    }

    static final class TellingAllAtOnce extends BrokenContract {
        @Override
        Coordination breaking(Coordination coordination) {
            return new Changed(coordination) {
                @Override
                public void listen(CoordinationListener listener) {
                    super.listen(new ChangedListener(listener) {
                        @Override
                        public void closed(ScopeClosing closing) {
                            new Thread(() -> super.closed(closing)).start();
                        }
                    });
                }
            };
        }
    }

    /** Hands everything on, unless it is overridden. */
    private abstract static class ChangedListener implements CoordinationListener {

        private final CoordinationListener listener;

        ChangedListener(CoordinationListener listener) {
            this.listener = listener;
        }

        @Override
        public void closed(ScopeClosing closing) {
            listener.closed(closing);
        }

        @Override
        public void reopened(Scope scope) {
            listener.reopened(scope);
        }
    }
}

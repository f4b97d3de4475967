package dev.whippletree.testkit.coordinator;

import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.testkit.Transcript;
import org.junit.jupiter.api.extension.RegisterExtension;

class FakeCoordinatorContractTest extends FakeContract {

    @RegisterExtension
    static final Transcript TRANSCRIPT = new Transcript(
            "coordinator-contract",
            line -> line.replaceAll("marker-\\d+", "marker-n").replaceAll("\\(\\d+-\\d+", "(grant"),
            "manyAtOnce_useAllThereIs_andNoMore",
            "reachedAgain_ownUsesAreCountedAgain",
            "openedWhileCutOff_answersAndMendsItself");

    @Override
    protected Coordinator coordinator() {
        return new ScriptedCoordinator(super.coordinator(), right -> Transcript.watched(Coordination.class, right));
    }
}

package dev.whippletree.tests.load;

import org.junit.jupiter.api.Tag;

/** Every case as it is told; takes minutes. */
@Tag("thorough")
class FullLoadTest extends LoadContract {

    @Override
    LoadCases size() {
        return LoadCases.FULL;
    }
}

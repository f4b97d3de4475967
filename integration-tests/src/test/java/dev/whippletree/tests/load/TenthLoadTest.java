package dev.whippletree.tests.load;

import org.junit.jupiter.api.Tag;

/** Every case in a tenth of its size. */
@Tag("slow")
class TenthLoadTest extends LoadContract {

    @Override
    LoadCases size() {
        return LoadCases.TENTH;
    }
}

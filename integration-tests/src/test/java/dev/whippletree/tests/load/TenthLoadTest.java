package dev.whippletree.tests.load;

/** Every case in a tenth of its size. */
class TenthLoadTest extends LoadContract {

    @Override
    LoadCases size() {
        return LoadCases.TENTH;
    }
}

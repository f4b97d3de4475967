package dev.whippletree.testkit.coordinator;

class FakeCoordinatorContractTest extends FakeContract {}

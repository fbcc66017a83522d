using Raid5Verify.Scenarios;

namespace Raid5Verify.Tests.Scenarios;

public sealed class StepCatalogueTests
{
    [Fact]
    public void Every_kind_of_step_that_exists_is_in_the_catalogue_once()
    {
        IEnumerable<string> existing = typeof(Step).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Step)) && !type.IsAbstract)
            .Select(type => type.Name)
            .Order(StringComparer.Ordinal);
        Assert.Equal(existing, StepCatalogue.All.Select(kind => kind.Type.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_operation_and_every_fault_can_be_drawn_but_those_that_are_many_at_once() => Assert.Equal(
        ["populate", "extents"], StepCatalogue.Operations.Concat(StepCatalogue.Faults).Where(kind => kind.Weight == 0).Select(kind => kind.Tag));
}

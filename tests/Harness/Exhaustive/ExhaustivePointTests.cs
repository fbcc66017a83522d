using Raid5Verify.Exhaustive;

namespace Raid5Verify.Tests.Exhaustive;

/// <summary>A point's name says all of it.</summary>
public sealed class ExhaustivePointTests
{
    [Theory]
    [InlineData("n3/Wa.C/none/nobody")]
    [InlineData("n3/Wa.C/none/client:4")]
    [InlineData("n3full/Wa.C/none/server-0:4/missed/kept")]
    [InlineData("n4/F0.C.Rb/flip@2:server-1/client:17")]
    [InlineData("n4/S/unreadable@1:server-3/server-3:8/soon")]
    [InlineData("n3/M/torn@crash:server-0/server-0:12/missed")]
    [InlineData("n3/Z.C/log-lie@2:server-0/server-0:12/missed/kept")]
    [InlineData("n3/Wa.C/late-prepare@2:server-0/server-1:6/after")]
    [InlineData("n3/Wa.Wa.C/late-write@1:server-2/nobody")]
    [InlineData("n3/Wa.C/failed-write@2:server-0/server-0:6/soon")]
    [InlineData("n4full/C/unreadable-checkpoint@crash:server-1/server-1:3/missed")]
    public void It_is_read_as_it_is_written(string name)
    {
        Assert.True(ExhaustivePoint.TryParse(name, out var point));
        Assert.Equal(name, point!.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("n5/Wa/none/client:4")]
    [InlineData("n3/Wx/none/client:4")]
    [InlineData("n3/Wa.Wa.Wa.Wa/none/client:4")]
    [InlineData("n3/Wa/rot@1:server-0/client:4")]
    [InlineData("n3/Wa/flip@2:server-0/client:4")]
    [InlineData("n3/Wa/flip@1:server-3/client:4")]
    [InlineData("n3/Wa/torn@1:server-0/client:4")]
    [InlineData("n3/Wa/torn@crash:server-0/nobody")]
    [InlineData("n3/Wa/late-write@crash:server-0/client:4")]
    [InlineData("n3/Wa/full@crash:server-0/client:4")]
    [InlineData("n3/Wa/unreadable-log@1:server-0/client:4")]
    [InlineData("n3/Wa/none/client")]
    [InlineData("n3/Wa/none/client:4/soon")]
    [InlineData("n3/Wa/none/server-0:4")]
    [InlineData("n3/Wa/none/server-3:4/soon")]
    [InlineData("n3/Wa/none/server-0:4/later")]
    public void What_names_no_point_is_refused(string name) => Assert.False(ExhaustivePoint.TryParse(name, out _));
}

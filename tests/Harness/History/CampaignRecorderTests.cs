using Raid5Verify.Campaigns;
using Raid5Verify.Cli.History;
using Raid5Verify.Generation;

namespace Raid5Verify.Tests.History;

/// <summary>The one writer of a campaign.</summary>
public sealed class CampaignRecorderTests : IDisposable
{
    private static readonly CampaignOptions Quick = new() { Profile = Profile.Quick };

    private readonly DatabaseFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void All_that_it_is_told_is_in_the_file_when_it_is_closed()
    {
        using var database = _fixture.Open();
        using var recorder = new CampaignRecorder(database, Quick, () => Assert.Fail("nothing was refused"));
        for (ulong seed = 1; seed <= 1200; seed++)
        {
            recorder.Add(seed % 100 == 0 ? MadeUp.Broken(seed) : MadeUp.Held(seed));
        }

        Assert.Null(recorder.Close());
        Assert.Equal(1200, _fixture.Number("SELECT count(*) FROM seeds"));
        Assert.Equal(12, _fixture.Number("SELECT count(*) FROM seeds WHERE outcome = 'broken'"));
        Assert.Equal(1, _fixture.Number("SELECT count(*) FROM campaigns WHERE ended IS NOT NULL"));
    }

    [Fact]
    public void A_batch_that_cannot_be_written_is_told_at_once_and_nobody_waits_for_the_rest()
    {
        using var database = _fixture.Open();
        using var refused = new ManualResetEventSlim();
        using var recorder = new CampaignRecorder(database, Quick, refused.Set);
        _fixture.Execute("DROP TABLE seeds");

        recorder.Add(MadeUp.Broken(1));
        refused.Wait();
        for (ulong seed = 2; seed <= 30_000; seed++)
        {
            recorder.Add(MadeUp.Held(seed));
        }

        Assert.StartsWith("SQL logic error", recorder.Close(), StringComparison.Ordinal);
    }
}

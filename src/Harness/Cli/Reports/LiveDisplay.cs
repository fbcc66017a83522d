using Raid5Verify.Campaigns;
using Spectre.Console;

namespace Raid5Verify.Cli.Reports;

/// <summary>Shows how far a campaign is until it ends: drawn again in place on a terminal, else a line now and then.</summary>
/// <param name="terminal">Where to draw.</param>
/// <param name="planned">Seeds there will be; null where only time ends it.</param>
/// <param name="read">How far it is.</param>
/// <param name="hasEnded">Waits up to that long for the campaign's end.</param>
internal sealed class LiveDisplay(
    Terminal terminal, long? planned, Func<CampaignSnapshot> read, Func<TimeSpan, bool> hasEnded)
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Line = TimeSpan.FromSeconds(10);

    /// <summary>Returns when the campaign has ended; nothing of the drawing is left then.</summary>
    public void ShowUntilEnd()
    {
        if (terminal.IsInteractive)
        {
            Draw();
        }
        else
        {
            WriteLines();
        }
    }

    private void Draw()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Out) });
        var display = console.Live(Table());
        display.AutoClear = true;
        display.Start(drawn =>
        {
            while (!hasEnded(Redraw))
            {
                drawn.UpdateTarget(Table());
            }
        });
    }

    private void WriteLines()
    {
        while (!hasEnded(Line))
        {
            terminal.Out.WriteLine(CampaignLines.Seeds(read(), planned));
        }
    }

    private Grid Table()
    {
        var campaign = read();
        var colour = campaign.Failures.Count > 0 ? Color.Red : Color.Default;
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var (label, text) in CampaignLines.Of(campaign, planned))
        {
            grid.AddRow(new Text(label, new Style(Color.Grey)), new Text(text, new Style(label == "seeds" ? colour : null)));
        }

        return grid;
    }
}

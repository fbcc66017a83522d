namespace Raid5Verify.Simulation.Tests.Network;

/// <summary>A world with one client and one server of the <see cref="CounterService"/>.</summary>
internal sealed class CounterCluster
{
    private readonly List<CounterService> _lives = [];

    public CounterCluster(WorldOptions? options = null)
    {
        World = new World(options ?? new WorldOptions());
        Server = World.AddHost("server");
        Client = World.AddHost("client");
    }

    public World World { get; }

    public Host Server { get; }

    public Host Client { get; }

    /// <summary>The service of each life of the server, the first first.</summary>
    public IReadOnlyList<CounterService> Lives => _lives;

    public CounterService Service => _lives[^1];

    /// <summary>What a new life of the server does before it answers.</summary>
    public Func<Grpc.Core.ServerCallContext, HostLife, Task> Before { get; set; } = static (_, _) => Task.CompletedTask;

    /// <summary>Starts the server, then runs a story on the client.</summary>
    public WorldResult Run(Func<Counter.CounterClient, Task> story) => World.Run(async () =>
    {
        var ended = new TaskCompletionSource();
        Start(async client =>
        {
            await story(client);
            ended.SetResult();
        });
        await ended.Task;
    });

    /// <summary>The same, for a story that the client may not live to end.</summary>
    public WorldResult RunFor(TimeSpan time, Func<Counter.CounterClient, Task> story) => World.Run(async () =>
    {
        Start(story);
        await Task.Delay(time, World.Clock);
    });

    private void Start(Func<Counter.CounterClient, Task> story)
    {
        Server.Start(life =>
        {
            var service = new CounterService { Before = context => Before(context, life) };
            _lives.Add(service);
            life.Serve(binder => Counter.BindService(binder, service));
            return Task.CompletedTask;
        });
        Client.Start(async life =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), life.Clock);
            await story(new Counter.CounterClient(life.Connect(Server)));
        });
    }
}

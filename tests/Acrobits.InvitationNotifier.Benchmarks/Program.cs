using Acrobits.InvitationNotifier.Benchmarks;

// One scenario a file. Each prints what it measured and says whether its targets were met.
(string Name, string What, Func<bool, Task<bool>> RunAsync)[] scenarios =
[
    ("isolation", "1,000 destinations, 30 % of them sick: what that costs the healthy ones", IsolationScenario.RunAsync),
    ("idle", "100,000 destinations that came and went: memory given back", IdleScenario.RunAsync),
    ("networks", "100,000 configured networks: start, memory, look-up, reload", NetworksScenario.RunAsync),
];

// The other side of "isolation", which it starts in a process of its own.
if (args is [ProviderProcess.Command])
{
    await ProviderProcess.ServeAsync();
    return 0;
}

var quick = args.Contains("--quick");
var names = args.Where(arg => arg != "--quick").ToArray();
var chosen = names is ["all"] ? scenarios : [.. scenarios.Where(scenario => names.Contains(scenario.Name))];
if (chosen.Length == 0 || (names is not ["all"] && chosen.Length != names.Length))
{
    Console.WriteLine("Usage: dotnet run -c Release --project tests/Acrobits.InvitationNotifier.Benchmarks -- <scenario>... [--quick]");
    Console.WriteLine();
    foreach (var (name, what, _) in scenarios)
    {
        Console.WriteLine($"  {name,-10} {what}");
    }

    Console.WriteLine($"  {"all",-10} all of them");
    Console.WriteLine();
    Console.WriteLine("--quick measures less, in under half a minute each. Exit code: 0 targets met, 1 a target missed, 2 usage.");
    return names is ["help"] || args is ["--help" or "-h"] ? 0 : 2;
}

Report.Machine();
var met = true;
foreach (var (name, what, runAsync) in chosen)
{
    Report.Heading($"{name}: {what}{(quick ? " (quick: fewer)" : "")}");
    met &= await runAsync(quick);
}

return met ? 0 : 1;

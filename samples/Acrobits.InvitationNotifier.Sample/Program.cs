using Acrobits.InvitationNotifier.Sample.Cli;

return await App.RunAsync(args);

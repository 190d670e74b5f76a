using Acrobits.InvitationNotifier.Worker.Cli;

return await App.RunAsync(args);
